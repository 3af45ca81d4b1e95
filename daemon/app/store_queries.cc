#include "app/store_queries.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/lag.h"

namespace shelf {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;

struct LagRange {
  std::string_view name;
  int64_t up_to_ms;
};
constexpr std::array<LagRange, 7> kLagRanges = {{{"up_to_1m", kMinuteMs},
                                                 {"up_to_5m", 5 * kMinuteMs},
                                                 {"up_to_15m", 15 * kMinuteMs},
                                                 {"up_to_1h", kHourMs},
                                                 {"up_to_4h", 4 * kHourMs},
                                                 {"up_to_1d", 24 * kHourMs},
                                                 {"over_1d", INT64_MAX}}};

std::string_view RoleName(SourceRole role) {
  switch (role) {
    case SourceRole::kBook:
      return "book";
    case SourceRole::kEarly:
      return "early";
    case SourceRole::kEvidence:
      return "evidence";
  }
  return "";
}

Json SourceJson(const SourceState& source) {
  Json gaps = Json::array();
  uint64_t missing = source.sequence.low() + 1;
  for (const SequenceTracker::Range& range : source.sequence.ranges()) {
    gaps.push_back({{"first", missing}, {"last", range.first - 1}});
    missing = range.last + 1;
  }
  return {{"source", source.name},
          {"role", RoleName(source.role)},
          {"required", source.required},
          {"epoch", source.sequence.epoch()},
          {"low", source.sequence.low()},
          {"gaps", std::move(gaps)},
          {"complete_through_ms", KnownMs(source.complete_through.ms)},
          {"awaiting_resync", source.awaiting_resync}};
}

Json StoreJson(World& world, const Store& store) {
  const Partition& partition = world.PartitionOf(store);
  Json sources = Json::array();
  for (const SourceState& source : store.state.sources) sources.push_back(SourceJson(source));
  return {{"store", world.store_names.Text(store.state.id)},
          {"known", store.info != nullptr},
          {"partition", partition.id},
          {"lag_ms", LagJson(store, partition)},
          {"watermark_ms", KnownMs(store.state.watermark.ms)},
          {"book_complete_through_ms", KnownMs(store.state.book_complete_through.ms)},
          {"frozen", store.state.frozen()},
          {"state_lost", store.state.state_lost},
          {"positions", store.state.index.size()},
          {"sources", std::move(sources)}};
}

// At most `count` stores, the worst known first.
std::vector<const Store*> WorstStores(World& world, size_t count) {
  struct Ranked {
    int64_t lag_ms;
    std::string_view name;
    const Store* store;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(world.stores.size());
  for (const Store& store : world.stores) {
    ranked.push_back(
        {LagMs(store, world.PartitionOf(store)), world.store_names.Text(store.state.id), &store});
  }
  const auto worse = [](const Ranked& a, const Ranked& b) {
    return a.lag_ms != b.lag_ms ? a.lag_ms > b.lag_ms : a.name < b.name;
  };
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(count, ranked.size()));
  std::partial_sort(ranked.begin(), end, ranked.end(), worse);
  std::vector<const Store*> worst;
  for (auto at = ranked.begin(); at != end; ++at) worst.push_back(at->store);
  return worst;
}

}  // namespace

Json KnownMs(int64_t ms) { return ms != 0 ? Json(ms) : Json(); }

Json LagJson(const Store& store, const Partition& partition) {
  const int64_t lag_ms = LagMs(store, partition);
  return lag_ms < kLagUnknownMs ? Json(lag_ms) : Json();
}

Json ListStores(Worker& worker, std::optional<size_t> worst) {
  World& world = worker.world();
  Json stores = Json::array();
  if (worst.has_value()) {
    for (const Store* store : WorstStores(world, *worst))
      stores.push_back(StoreJson(world, *store));
  } else {
    for (const Store& store : world.stores) stores.push_back(StoreJson(world, store));
  }
  return stores;
}

Json LagSummary(World& world) {
  std::array<uint64_t, kLagRanges.size()> behind{};
  uint64_t unknown = 0, frozen = 0, lost = 0;
  const Store* worst = nullptr;
  int64_t worst_ms = -1;
  for (const Store& store : world.stores) {
    if (store.state.frozen()) ++frozen;
    if (store.state.state_lost) ++lost;
    const int64_t lag_ms = LagMs(store, world.PartitionOf(store));
    if (lag_ms >= kLagUnknownMs) {
      ++unknown;
      continue;
    }
    const auto range = std::find_if(kLagRanges.begin(), kLagRanges.end(),
                                    [&](const LagRange& r) { return lag_ms <= r.up_to_ms; });
    ++behind[static_cast<size_t>(range - kLagRanges.begin())];
    if (lag_ms > worst_ms) {
      worst = &store;
      worst_ms = lag_ms;
    }
  }
  Json ranges = Json::object();
  for (size_t r = 0; r < behind.size(); ++r) ranges[std::string(kLagRanges[r].name)] = behind[r];
  return {
      {"worst_store", worst != nullptr ? Json(world.store_names.Text(worst->state.id)) : Json()},
      {"worst_ms", worst != nullptr ? Json(worst_ms) : Json()},
      {"unknown", unknown},
      {"frozen", frozen},
      {"state_lost", lost},
      {"behind", std::move(ranges)}};
}

}  // namespace shelf
