// Stage 6: the channel's own bounds, then whole steps. The step rounding always runs.
#pragma once

#include <cstdint>

#include "rules/rule_set.h"

namespace shelf {

// What of `in_milli` (>= 0) is let through: 0 below the cutoff, at most the cap.
int64_t AfterLimits(int64_t in_milli, const LimitsRule& rule);

// Whole steps in `in_milli` (>= 0), rounded down, at most kSellableMax. `step_milli` >= 1.
int64_t WholeSteps(int64_t in_milli, int64_t step_milli);

}  // namespace shelf
