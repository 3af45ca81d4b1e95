// Stage 2: the later a store's sales reach us, the less of its stock is offered.
#pragma once

#include <cstdint>
#include <span>

#include "rules/rule_set.h"

namespace shelf {

// What of `in_milli` (>= 0) is let through, 0 … in_milli. The highest tier with lag > over holds:
// its percent of the quantity, rounded down to whole steps (100 leaves it as it is), then its
// subtraction. `tiers` ascend by over_ms; without one that holds the quantity passes.
int64_t AfterSyncLag(int64_t in_milli, int64_t lag_ms, int64_t step_milli,
                     std::span<const LagTier> tiers);

}  // namespace shelf
