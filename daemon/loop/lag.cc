#include "loop/lag.h"

#include <algorithm>

namespace shelf {
namespace {

// From here on the stretch counts as lag.
PartitionTime GraceEnd(const DeafStretch& stretch) {
  return PartitionTime{stretch.to.ms + kDeafGraceMs + 1};
}

int64_t DeafMs(const Store& store, const Partition& partition, PartitionTime at) {
  int64_t sum = 0;
  for (const DeafStretch& stretch : partition.deaf) {
    if (at >= GraceEnd(stretch)) continue;
    const int64_t from = std::max(stretch.from.ms, AsPartitionTime(store.state.watermark).ms);
    if (from < stretch.to.ms) sum += CalendarOf(store).TradingMs(from, stretch.to.ms);
  }
  return sum;
}

// When a lag of `lag_ms` at `at` crosses the next of `borders`. A tier applies when lag > over.
PartitionTime CrossesBorder(const Store& store, const Partition& partition, PartitionTime at,
                            int64_t lag_ms) {
  const auto borders = partition.rules->set->LagBorders();
  const auto next = std::lower_bound(borders.begin(), borders.end(), lag_ms);
  if (next == borders.end()) return kNever;
  const int64_t trading_ms = *next + 1 + DeafMs(store, partition, at);
  return PartitionTime{CalendarOf(store).After(store.state.watermark.ms, trading_ms)};
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
    return partition.now >= GraceEnd(stretch);
  });
  return changed || expired > 0;
}

int64_t LagMsAt(const Store& store, const Partition& partition, PartitionTime at) {
  if (store.state.watermark.ms == 0) return kLagUnknownMs;
  const int64_t behind = CalendarOf(store).TradingMs(store.state.watermark.ms, at.ms);
  return std::max<int64_t>(0, behind - DeafMs(store, partition, at));
}

int64_t LagMs(const Store& store, const Partition& partition) {
  return partition.time_known ? LagMsAt(store, partition, partition.now) : kLagUnknownMs;
}

PartitionTime NextLagChange(const Store& store, const Partition& partition, PartitionTime at) {
  const int64_t lag_ms = LagMsAt(store, partition, at);
  if (lag_ms == kLagUnknownMs) return kNever;
  PartitionTime next = CrossesBorder(store, partition, at, lag_ms);
  for (const DeafStretch& stretch : partition.deaf) {
    if (at < GraceEnd(stretch)) next = std::min(next, GraceEnd(stretch));
  }
  return next;
}

bool UpdateLag(Store& store, const Partition& partition) {
  const auto borders = partition.rules->set->LagBorders();
  store.lag_ms = LagMs(store, partition);
  store.lag_due = CrossesBorder(store, partition, partition.now, store.lag_ms);
  const auto next = std::lower_bound(borders.begin(), borders.end(), store.lag_ms);
  const int band = static_cast<int>(next - borders.begin());
  if (band == store.lag_band) return false;
  store.lag_band = band;
  return true;
}

}  // namespace shelf
