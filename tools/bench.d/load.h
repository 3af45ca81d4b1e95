// The load of all benchmarks: a chain's reference data, the opening list of every store, and then
// movements, a sale of one piece for each line, or a delivery where nothing is left. The same
// options say the same on every machine; only the times are the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "shelf/v1/stock_event.pb.h"

namespace shelf {

// Four channels that cover the stages of the rules, all of them on one topic. The channel `app`
// offers the whole of on hand while its lag is below four hours.
extern const std::string_view kLoadRules;

struct LoadOptions {
  int64_t lines = 2'000'000;  // of movements; rounded down to whole events
  int stores = 200;
  int skus = 2'000;  // a store; all stores have the same
  int lines_per_event = 10;
  int stock_least = 0;  // an opening stock is this to 39 pieces
  uint64_t seed = 1;
};

// What a line says, as a number of which sums can be made: lines of one position add up to the
// hash of their total, so that the sum over all lines, in whatever order, equals the sum over the
// positions of what became of them.
uint64_t LineHash(std::string_view store, std::string_view sku, int64_t quantity_milli);

struct LoadCounts {
  int64_t events = 0;
  int64_t lines = 0;
  int64_t bytes = 0;  // keys and values
  uint64_t hash = 0;  // of the lines
};

// Memory: four bytes a position. THREAD: one.
class Load {
 public:
  // Views are valid during the call.
  using Take = std::function<void(const std::string& key, const std::string& value)>;
  using TimeOf = std::function<int64_t(int64_t event)>;  // Unix ms; never falls

  explicit Load(const LoadOptions& options);

  // For `reference`.
  int64_t Reference(const Take& take) const;
  // For `stock-events`: each store's full list as of `time_ms`, complete through it.
  LoadCounts Opening(int64_t time_ms, const Take& take) const;
  // What follows the opening lists; once. Each event is its store's newest, and claims so.
  LoadCounts Sales(const TimeOf& time_of, const Take& take);

  // In place of Sales, a rotation over all positions: sale number `event`, of one piece, whose
  // number is also its event_id.
  v1::StockEvent RotatingSale(int64_t event, int64_t time_ms) const;
  // The sale after which these pieces are left; -1: no position of this load, or no such sale.
  int64_t RotatingEvent(std::string_view store, std::string_view sku, int64_t pieces) const;

  int64_t positions() const { return int64_t{options_.stores} * options_.skus; }

 private:
  v1::StockEvent Envelope(int store, uint64_t sequence, int64_t time_ms) const;
  void AddMovement(int store, v1::Deltas& deltas, LoadCounts& counts);
  int64_t OpeningEventsPerStore() const;
  int64_t OpeningPieces(int store, int sku) const;
  const std::string& StoreName(int s) const { return stores_[static_cast<size_t>(s)]; }
  const std::string& SkuName(int k) const { return skus_[static_cast<size_t>(k)]; }

  const LoadOptions options_;
  std::vector<std::string> stores_;
  std::vector<std::string> skus_;
  std::mt19937_64 random_;
  std::vector<int32_t> pieces_;  // what is left, by store and SKU
};

}  // namespace shelf
