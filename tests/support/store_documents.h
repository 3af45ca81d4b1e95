// The documents that stores send, for tests that write them by hand. Each source of a store numbers
// its own. Quantities in whole units.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {

class StoreDocuments {
 public:
  // The next document of the source, still without a body.
  v1::StockEvent Next(const std::string& store, const std::string& source, int64_t now_ms) {
    v1::StockEvent event;
    event.set_store(store);
    event.set_source(source);
    event.set_epoch(1 + epochs_[{store, source}]);
    event.set_sequence(++sequences_[{store, source}]);
    event.set_event_time_ms(now_ms);
    return event;
  }
  // One document fewer will be seen.
  void Skip(const std::string& store, const std::string& source) { ++sequences_[{store, source}]; }

  // Its documents are of a new epoch from here on.
  void StartOver(const std::string& store, const std::string& source) {
    ++epochs_[{store, source}];
    sequences_[{store, source}] = 0;
  }

  // The book's full list, complete through now; `units` by SKU: pairs.
  template <typename Units>
  std::array<v1::StockEvent, 3> List(const std::string& store, const Units& units, int64_t now_ms) {
    std::array<v1::StockEvent, 3> parts;
    for (v1::StockEvent& part : parts) {
      part = Next(store, "erp", now_ms);
      part.set_complete_through_ms(now_ms);
    }
    const std::string id = absl::StrCat("list-", parts[0].sequence());
    parts[0].mutable_snapshot_begin()->set_snapshot_id(id);
    parts[1].mutable_snapshot_chunk()->set_snapshot_id(id);
    for (const auto& [sku, quantity] : units) {
      v1::BookLine& line = *parts[1].mutable_snapshot_chunk()->add_lines();
      line.set_sku(sku);
      line.set_quantity_milli(quantity * 1000);
    }
    parts[2].mutable_snapshot_end()->set_snapshot_id(id);
    parts[2].mutable_snapshot_end()->set_line_count(units.size());
    return parts;
  }

  v1::StockEvent Movement(const std::string& store, const std::string& source, v1::Reason reason,
                          const std::string& sku, int64_t units, int64_t now_ms) {
    v1::StockEvent event = Next(store, source, now_ms);
    event.mutable_deltas()->set_reason(reason);
    v1::DeltaLine& line = *event.mutable_deltas()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(units * 1000);
    return event;
  }

  v1::StockEvent Count(const std::string& store, const std::string& sku, int64_t units,
                       int64_t now_ms) {
    v1::StockEvent event = Next(store, "scan", now_ms);
    v1::CountLine& line = *event.mutable_counts()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(units * 1000);
    return event;
  }

  v1::StockEvent Pick(const std::string& store, const std::string& sku, int64_t requested,
                      int64_t found, int64_t now_ms) {
    v1::StockEvent event = Next(store, "picking", now_ms);
    v1::PickLine& line = *event.mutable_pick_results()->add_lines();
    line.set_sku(sku);
    line.set_requested_milli(requested * 1000);
    line.set_found_milli(found * 1000);
    return event;
  }

 private:
  using BySource = std::map<std::pair<std::string, std::string>, uint64_t>;  // store, source

  BySource sequences_;
  BySource epochs_;  // how often it started over
};

}  // namespace shelf
