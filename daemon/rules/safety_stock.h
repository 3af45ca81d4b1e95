// Stage 4: a reserve that is held back for what no record tells.
#pragma once

#include <cstdint>

#include "rules/rule_set.h"

namespace shelf {

// What of `in_milli` (>= 0) is let through, 0 … in_milli: less the fixed quantity, or less the
// percentage of `in_milli`, rounded up to whole thousandths so that rounding never offers more.
int64_t AfterSafetyStock(int64_t in_milli, const SafetyStockRule& rule);

}  // namespace shelf
