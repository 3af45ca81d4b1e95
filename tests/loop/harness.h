// A broker and a disk in memory with a daemon between them, for tests of the worker. Time is the
// test's: every turn says the wall's. A crash drops the worker with everything it holds, its
// sources and its producer; the log and the checkpoint stay.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "io/memory_log.h"
#include "loop/worker.h"
#include "shelf/v1/availability.pb.h"
#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"
#include "state/memory_store.h"
#include "support/store_documents.h"

namespace shelf {

inline constexpr int64_t kStartMs = 1'793'599'200'000;  // 2026-11-02 06:00:00 UTC
inline constexpr int64_t kMinuteMs = 60'000;
inline constexpr int32_t kPartitions = 4;

// Channel `site` keeps one unit back and nothing when a store is more than 30 minutes behind;
// `market` takes what there is but for a nil pick.
inline constexpr char kTwoRules[] = R"(
version: 1
channels:
  site:
    trace: true
    rules:
      - {id: all, sync_lag: [{over: 30m, keep: 0%}], safety_stock: {subtract: 1}}
  market:
    rules:
      - {id: picks, presence: {after_nil_pick: until_evidence}}
)";

using Lines = std::vector<std::string>;
using SkuUnits = std::vector<std::pair<std::string, int64_t>>;

class Harness {
 public:
  explicit Harness(std::string rules = kTwoRules);

  // Read by the next Start.
  WorkerOptions options;
  bool reference_anew = false;  // as StartFacts
  std::string rules;            // what the configured rules file says

  MemoryLog& log() { return log_; }
  MemoryStore& store() { return *store_; }
  Worker& worker() { return *worker_; }
  MemorySink& sink() { return *sink_; }
  int64_t now_ms() const { return now_ms_; }

  // Reference data. A store declares its book `erp`, a required till `pos`, and `scan`, `picking`.
  // `minds_counts`: counts are held over later lists, and what pickers miss is counted.
  void PutStore(const std::string& store, bool minds_counts = false);
  void PutItem(const std::string& sku);

  // Documents of stores, into the log, at the wall's time. Each source numbers its own.
  v1::StockEvent Document(const std::string& store, const std::string& source);
  void Append(const v1::StockEvent& event);
  void List(const std::string& store, const SkuUnits& lines);
  void Move(const std::string& store, const std::string& source, v1::Reason reason,
            const std::string& sku, int64_t units);
  void Sell(const std::string& store, const std::string& sku, int64_t units);  // by the till
  void Count(const std::string& store, const std::string& sku, int64_t units);
  void Pick(const std::string& store, const std::string& sku, int64_t found, int64_t requested);
  void Claim(const std::string& store, const std::string& source, int64_t through_ms);
  // The source's next document is lost on the way.
  void Skip(const std::string& store, const std::string& source) { documents_.Skip(store, source); }

  // A process starts: restores, learns the start's facts from the log as daemon/app does, and
  // begins. Not ok: it refuses to.
  absl::Status Start();
  // With --accept-loss: goes on where the log begins in partitions that it was cut in.
  absl::Status StartAcceptingLoss();
  void Crash();
  // What a supervisor does about a dead process. `Start` must succeed.
  void Restart();
  void Stop();
  // Crashes, and the checkpoint is gone with the machine.
  void LoseDisk();
  // Crashes, and the checkpoint is again what it was at store().CopyTo(folder).
  void RestoreBackup(const std::string& folder);

  // The configured file is read again, as by SIGHUP. False: another set is on its way.
  bool ReloadFile();
  // Proposes a set that is in no file; what it comes to at once.
  RulesPhase Propose(const std::string& yaml, bool force = false);

  // Time in which the daemon does nothing.
  void Wait(int64_t ms);
  // Moves the wall on and turns the loop once. A checkpoint that the turn began is finished when it
  // returns, so that what happens next does not hang on a thread's pace.
  absl::Status Turn(int64_t step_ms = 1000);
  void Turns(int count, int64_t step_ms = 1000);
  // Turns until all is read, said and acknowledged, and the newest rules are in force; then for a
  // checkpoint.
  void Settle();

  // The newest record of each key by "channel/store/sku".
  std::map<std::string, v1::Availability> Newest() const;
  // "site/1/A 4" in order of keys.
  Lines Published() const;
  // Every record of a key, "4 4 3" by sellable.
  std::string Said(const std::string& key) const;
  // "wrong_key", … in the order in which they were refused.
  Lines RejectReasons() const;
  int64_t RecordsIn(std::string_view topic) const;

 private:
  bool AllIsRead() const;
  bool RulesAreInForce() const;  // the newest, everywhere, and nothing waits to be swept
  absl::Status StartAt(bool accept_loss);

  MemoryLog log_;
  std::unique_ptr<MemoryStore> store_ = std::make_unique<MemoryStore>();
  std::unique_ptr<MemorySink> sink_;
  std::unique_ptr<MemorySource> events_;
  std::unique_ptr<MemorySource> reference_;
  std::unique_ptr<Worker> worker_;
  int64_t now_ms_ = kStartMs;
  StoreDocuments documents_;
};

// What of the world must outlive a restart, one thing a line, by names and in their order: on-hand
// and anchors, nil picks, sequences, promises, watermarks, movements, partitions' time, decisions.
Lines Describe(World& world);
// Sorted lines of one alone with "- ", of the other alone with "+ ".
Lines Difference(const Lines& one, const Lines& other);

// What is wrong with the output, one thing a line: a key whose newest record is not the evaluation
// of the state, a version that did not rise.
Lines FaultsOf(Harness& harness);

}  // namespace shelf
