// Stage 3: is what the records show really there? The fixed rules: all or nothing.
#pragma once

#include <cstdint>

#include "rules/rule_set.h"

namespace shelf {

// The silence from which on a quiet_limit (> 0, thousandths exactly) hides: so many times the mean
// time between sales (>= 0), rounded up; at most INT64_MAX.
int64_t QuietFromMs(double quiet_limit, int64_t mean_gap_ms);

// What of `in_milli` (>= 0) is let through: all, or 0 when
// - the rule asks for evidence after a nil pick and there was none since, or
// - the silence known through the watermark is QuietFromMs at least. A mean of 0 is not known and
//   withholds nothing.
// The silence does not grow with now but with the watermark, so no answer here ends by itself.
int64_t AfterPresence(int64_t in_milli, const Facts& facts, const PresenceRule& rule);

}  // namespace shelf
