#include "rules/sync_lag.h"

#include <algorithm>

namespace shelf {
namespace {

const LagTier* HighestTier(int64_t lag_ms, std::span<const LagTier> tiers) {
  const LagTier* held = nullptr;
  for (const LagTier& tier : tiers) {
    if (lag_ms <= tier.over_ms) break;
    held = &tier;
  }
  return held;
}

// floor(in * percent / 100), in two parts so that no quantity overflows.
int64_t PercentOf(int64_t in_milli, int64_t percent) {
  return in_milli / 100 * percent + in_milli % 100 * percent / 100;
}

}  // namespace

int64_t AfterSyncLag(int64_t in_milli, int64_t lag_ms, int64_t step_milli,
                     std::span<const LagTier> tiers) {
  const LagTier* tier = HighestTier(lag_ms, tiers);
  if (tier == nullptr) return in_milli;
  int64_t kept = in_milli;
  if (tier->keep_percent < 100) {
    kept = PercentOf(in_milli, tier->keep_percent);
    kept -= kept % step_milli;
  }
  return std::max<int64_t>(0, kept - tier->subtract_milli);
}

}  // namespace shelf
