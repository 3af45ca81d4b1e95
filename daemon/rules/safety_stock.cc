#include "rules/safety_stock.h"

#include <algorithm>

namespace shelf {
namespace {

constexpr int64_t kWhole = 100'000'000;  // 100 % in millionths of a percent

// ceil(in * percent / 100 %), in two parts so that no quantity overflows.
int64_t PercentRoundedUp(int64_t in_milli, int64_t percent_micro) {
  const int64_t rest = in_milli % kWhole * percent_micro;
  return in_milli / kWhole * percent_micro + (rest + kWhole - 1) / kWhole;
}

}  // namespace

int64_t AfterSafetyStock(int64_t in_milli, const SafetyStockRule& rule) {
  const int64_t held_back =
      std::max(rule.subtract_milli, PercentRoundedUp(in_milli, rule.percent_micro));
  return std::max<int64_t>(0, in_milli - held_back);
}

}  // namespace shelf
