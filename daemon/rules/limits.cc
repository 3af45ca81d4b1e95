#include "rules/limits.h"

#include <algorithm>

namespace shelf {

int64_t AfterLimits(int64_t in_milli, const LimitsRule& rule) {
  if (in_milli < rule.cutoff_below_milli) return 0;
  return rule.cap_milli < 0 ? in_milli : std::min(in_milli, rule.cap_milli);
}

int64_t WholeSteps(int64_t in_milli, int64_t step_milli) {
  return std::min(in_milli / step_milli, kSellableMax);
}

}  // namespace shelf
