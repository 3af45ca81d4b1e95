#include "loop/lag.h"

#include <algorithm>

namespace shelf {
namespace {

int64_t DeafMs(const Store& store, const Partition& partition) {
  int64_t sum = 0;
  for (const DeafStretch& stretch : partition.deaf) {
    const int64_t from = std::max(stretch.from.ms, AsPartitionTime(store.state.watermark).ms);
    if (from < stretch.to.ms) sum += CalendarOf(store).TradingMs(from, stretch.to.ms);
  }
  return sum;
}

}  // namespace

bool MoveTime(Partition& partition, PartitionTime to) {
  bool changed = false;
  if (partition.time_known && to.ms - partition.now.ms > kDeafAfterMs) {
    partition.deaf.push_back({.from = partition.now, .to = to});
    changed = true;
  }
  partition.now = partition.time_known ? std::max(partition.now, to) : to;
  partition.time_known = true;
  const size_t expired = std::erase_if(partition.deaf, [&](const DeafStretch& stretch) {
    return partition.now.ms > stretch.to.ms + kDeafGraceMs;
  });
  return changed || expired > 0;
}

int64_t LagMs(const Store& store, const Partition& partition) {
  if (store.state.watermark.ms == 0) return kLagUnknownMs;
  const int64_t behind = CalendarOf(store).TradingMs(store.state.watermark.ms, partition.now.ms);
  return std::max<int64_t>(0, behind - DeafMs(store, partition));
}

bool UpdateLag(Store& store, const Partition& partition) {
  const auto borders = partition.rules->set->LagBorders();
  store.lag_ms = LagMs(store, partition);
  store.lag_due = kNever;
  // A tier applies when lag > over: the band is the number of borders below the lag.
  const auto next = std::lower_bound(borders.begin(), borders.end(), store.lag_ms);
  if (next != borders.end()) {
    const int64_t trading_ms = *next + 1 + DeafMs(store, partition);
    store.lag_due = PartitionTime{CalendarOf(store).After(store.state.watermark.ms, trading_ms)};
  }
  const int band = static_cast<int>(next - borders.begin());
  if (band == store.lag_band) return false;
  store.lag_band = band;
  return true;
}

}  // namespace shelf
