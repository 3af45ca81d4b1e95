#include "sim/oracle_orders.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace shelf::sim::oracle {
namespace {

constexpr int64_t kDayMs = 24 * 3600'000LL;

int64_t DayAfter(int64_t time_ms) {
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  return time_ms > kLast - kDayMs ? kLast : time_ms + kDayMs;
}

bool SameOrder(const Place& a, const Place& b) {
  return a.source == b.source && a.epoch == b.epoch;
}

// By the order of one source; of two by time, where the one that comes last takes a draw.
bool IsNewer(const Place& a, const Place& than) {
  if (a.source != than.source) return a.time_ms >= than.time_ms;
  return std::tie(a.epoch, a.sequence) > std::tie(than.epoch, than.sequence);
}

}  // namespace

// A Reserve says the whole. After it was closed it holds only if who closed it, and nobody else
// did, wrote it later in the same epoch.
void Orders::Reserve(const std::string& name, const Place& place, const std::string& channel,
                     int64_t expires_ms, Quantities lines) {
  Order& order = orders_[name];
  if (order.reserved && !IsNewer(place, *order.reserved)) return;
  if (!order.closed_by.empty()) {
    const Place& closed = order.closed_by.front();
    const bool reopens =
        order.closed_by.size() == 1 && SameOrder(place, closed) && place.sequence > closed.sequence;
    if (!reopens) return;
    order.closed_by.clear();
  }
  order.reserved = place;
  order.channel = channel;
  order.expires_ms = std::max<int64_t>(0, expires_ms);
  order.lines = std::move(lines);
  order.kept_until_ms = std::max(order.kept_until_ms, DayAfter(place.time_ms));
}

void Orders::Close(const std::string& name, const Place& place, int64_t now_ms) {
  Order& order = orders_[name];
  const bool is_before_it = order.reserved && SameOrder(place, *order.reserved) &&
                            place.sequence < order.reserved->sequence;
  if (is_before_it) return;
  const auto before = std::find_if(order.closed_by.begin(), order.closed_by.end(),
                                   [&](const Place& by) { return by.source == place.source; });
  if (before == order.closed_by.end()) {
    order.closed_by.push_back(place);
  } else if (IsNewer(place, *before)) {
    *before = place;
  }
  order.parts.clear();
  order.kept_until_ms = std::max(order.kept_until_ms, DayAfter(std::max(place.time_ms, now_ms)));
}

void Orders::SettlePart(const std::string& name, const Place& place, const Quantities& taken,
                        int64_t now_ms) {
  Order& order = orders_[name];
  if (!order.closed_by.empty()) return;
  order.parts.push_back({place, taken});
  order.kept_until_ms = std::max(order.kept_until_ms, DayAfter(std::max(place.time_ms, now_ms)));
}

void Orders::Forget(int64_t now_ms) {
  std::erase_if(orders_,
                [now_ms](const auto& entry) { return entry.second.kept_until_ms <= now_ms; });
}

bool Orders::Holds(const Order& order, int64_t watermark_ms, int64_t now_ms) {
  if (!order.reserved || !order.closed_by.empty()) return false;
  if (order.expires_ms > 0 && watermark_ms >= order.expires_ms) return false;
  return now_ms < DayAfter(order.reserved->time_ms);
}

// The same sale may come through several systems, or again in a new epoch: of the sums of each the
// largest counts.
int64_t Orders::Settled(const Order& order, const std::string& sku) {
  std::map<std::pair<std::string, uint64_t>, int64_t> sums;
  for (const Part& part : order.parts) {
    const auto taken = part.taken.find(sku);
    if (taken != part.taken.end()) sums[{part.place.source, part.place.epoch}] += taken->second;
  }
  int64_t most = 0;
  for (const auto& [source, sum] : sums) most = std::max(most, sum);
  return most;
}

int64_t Orders::Held(const std::string& sku, int64_t watermark_ms, int64_t now_ms,
                     const std::string* but_of) const {
  int64_t held = 0;
  for (const auto& [name, order] : orders_) {
    if (!Holds(order, watermark_ms, now_ms)) continue;
    if (but_of != nullptr && order.channel == *but_of) continue;
    const auto line = order.lines.find(sku);
    if (line == order.lines.end()) continue;
    held += std::max<int64_t>(0, line->second - Settled(order, sku));
  }
  return held;
}

int Orders::Holding(int64_t watermark_ms, int64_t now_ms) const {
  return static_cast<int>(std::count_if(orders_.begin(), orders_.end(), [&](const auto& entry) {
    return Holds(entry.second, watermark_ms, now_ms);
  }));
}

}  // namespace shelf::sim::oracle
