// A log written by hand for tests of recordings: one partition, ticks included, time moved by the
// test. What is in it can be recorded into a folder at any time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "io/memory_log.h"
#include "replay/recorder.h"
#include "replay/recording.h"
#include "shelf/v1/stock_event.pb.h"
#include "support/store_documents.h"

namespace shelf {

inline constexpr int64_t kBookStartMs = 1'793'599'200'000;  // 2026-11-02 06:00:00 UTC
inline constexpr uint64_t kBookIncarnation = 7;

// One channel `site` that offers what there is less `kept_back`, with traces.
std::string KeepBack(int kept_back);
std::string HashOf(const std::string& rules);

class LogBook {
 public:
  explicit LogBook(const std::string& rules);

  MemoryLog& log() { return log_; }
  int64_t now_ms() const { return now_ms_; }
  void Wait(int64_t ms);
  // From the next tick on these are in force.
  void SwitchRules(const std::string& rules);
  const std::vector<std::string>& rules() const { return rules_; }

  // Moves time on and appends the daemon's tick.
  void Tick(int64_t step_ms = 1000);

  // Reference data: a store whose book is `erp`, which has a required till `pos`; an item of a
  // category.
  void PutStore(const std::string& store);
  void PutItem(const std::string& sku, const std::string& category);

  void List(const std::string& store, const std::map<std::string, int64_t>& units);
  void Sell(const std::string& store, const std::string& sku, int64_t units);
  void Adjust(const std::string& store, const std::string& sku, int64_t units);
  void Count(const std::string& store, const std::string& sku, int64_t units);
  void Reserve(const std::string& store, const std::string& id, const std::string& sku,
               int64_t units);
  // Pairs of SKU and units.
  void ReserveLines(const std::string& store, const std::string& id,
                    const std::vector<std::pair<std::string, int64_t>>& lines,
                    const std::string& channel = "site");
  // `id` empty: the pick names no reservation.
  void Pick(const std::string& store, const std::string& id, const std::string& sku,
            int64_t requested, int64_t found);
  void Settle(const std::string& store, const std::string& id, const std::string& sku,
              int64_t units);
  // One of several documents that settle it.
  void SettlePart(const std::string& store, const std::string& source, const std::string& id,
                  const std::string& sku, int64_t units);
  // The source's documents are of a new epoch from here on.
  void StartOver(const std::string& store, const std::string& source);
  // The last document once more.
  void Repeat();

  // Where a recording of all of it begins: with nothing known.
  RecordingInfo Info() const;
  // Records from what `info` says to the end.
  RecordingInfo Record(const std::string& folder, RecordingInfo info);

 private:
  v1::StockEvent Document(const std::string& store, const std::string& source);
  void Append(const v1::StockEvent& event);

  MemoryLog log_;
  std::vector<std::string> rules_;
  int64_t now_ms_ = kBookStartMs;
  StoreDocuments documents_;
  uint64_t ticks_ = 0;
  v1::StockEvent last_;
};

}  // namespace shelf
