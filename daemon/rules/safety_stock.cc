#include "rules/safety_stock.h"

#include <algorithm>
#include <limits>

#include "absl/numeric/int128.h"

namespace shelf {
namespace {

constexpr int64_t kDayS = 24 * 3600;
constexpr int64_t kWhole = 100'000'000;  // 100 % in millionths of a percent

// ceil(in * percent / 100 %), in two parts so that no quantity overflows.
int64_t PercentRoundedUp(int64_t in_milli, int64_t percent_micro) {
  const int64_t rest = in_milli % kWhole * percent_micro;
  return in_milli / kWhole * percent_micro + (rest + kWhole - 1) / kWhole;
}

// ceil(days * sold / measured time), at most INT64_MAX.
int64_t Cover(const SalesRate& sold, int64_t days_milli) {
  if (sold.in_s <= 0) return 0;
  const absl::int128 sold_s = absl::int128(sold.sold_milli) * days_milli * kDayS;
  const absl::int128 whole_s = absl::int128(sold.in_s) * 1000;
  const absl::int128 milli = (sold_s + whole_s - 1) / whole_s;
  const absl::int128 most = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::min(milli, most));
}

}  // namespace

int64_t AfterSafetyStock(int64_t in_milli, const SalesRate& sold, const SafetyStockRule& rule) {
  int64_t held_back = rule.subtract_milli;
  // Divisions are most of what the stages cost.
  if (rule.percent_micro > 0) {
    held_back = std::max(held_back, PercentRoundedUp(in_milli, rule.percent_micro));
  }
  if (rule.days_of_cover_milli > 0) {
    held_back = std::max(held_back, Cover(sold, rule.days_of_cover_milli));
  }
  return std::max<int64_t>(0, in_milli - held_back);
}

}  // namespace shelf
