// Stage 4: a reserve that is held back for what no record tells.
#pragma once

#include <cstdint>

#include "rules/rule_set.h"

namespace shelf {

// What of `in_milli` (>= 0) is let through, 0 … in_milli: less the most of
// - the fixed quantity,
// - the percentage of `in_milli`, and
// - the days of cover: days x sold / measured time, as many days' sales at the measured rate. A
// rate
//   that is not known withholds nothing.
// Each is rounded up to whole thousandths, so that rounding never offers more. `sold` moves with
// sales alone, so no answer here ends by itself.
int64_t AfterSafetyStock(int64_t in_milli, const SalesRate& sold, const SafetyStockRule& rule);

}  // namespace shelf
