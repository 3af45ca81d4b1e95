#include "position/sales.h"

#include <algorithm>
#include <cstdlib>

namespace shelf {
namespace {

constexpr int kMantissaBits = 11;
constexpr int64_t kMantissa = int64_t{1} << kMantissaBits;
constexpr int kExponentMax = 31;

// Sales a window keeps.
constexpr uint16_t kSalesMax = 64;
constexpr uint16_t kSalesKept = kSalesMax / 2;

constexpr int64_t kHourS = 3600;
constexpr int64_t kDayS = 24 * kHourS;

uint32_t Seconds(EventTime at) {
  return static_cast<uint32_t>(std::clamp<int64_t>(at.ms / 1000, 1, 0xffffffffLL));
}

// Some of the sales before its first one may be forgotten already: how many lie between an older
// one and the window cannot be said any more.
bool LiesBefore(const Position& window, uint32_t second) {
  return window.sales >= kSalesKept && second < window.first_sale_s;
}

void NoteTime(Position& position, uint32_t second) {
  const bool first = position.sales == 0;
  position.first_sale_s = first ? second : std::min(position.first_sale_s, second);
  position.last_sale_s = first ? second : std::max(position.last_sale_s, second);
}

// Of a window that holds the sale already.
void NoteSize(Position& position, int64_t milli) {
  const int64_t mean = UnpackQuantity(position.sale_size);
  // Also of a state from before sizes were measured.
  const int64_t weight = mean == 0 ? 1 : position.sales;
  const int64_t differs = milli - mean;
  // To the nearest, away from 0 in the middle.
  const int64_t moved = (differs + (differs < 0 ? -weight : weight) / 2) / weight;
  position.sale_size = PackQuantity(mean + moved);
}

}  // namespace

uint16_t PackQuantity(int64_t milli) {
  milli = std::clamp<int64_t>(milli, 0, kPackedQuantityMax);
  if (milli < kMantissa) return static_cast<uint16_t>(milli);
  int exponent = 1;
  while (milli >= kMantissa << exponent) ++exponent;
  // Rounded to the nearest; what rounds up to the next power of two is its first value.
  const int shift = exponent - 1;
  const int64_t rounded = (milli + (shift == 0 ? 0 : int64_t{1} << (shift - 1))) >> shift;
  const int64_t packed = (int64_t{exponent} << kMantissaBits) + rounded - kMantissa;
  return static_cast<uint16_t>(
      std::min(packed, (int64_t{kExponentMax} << kMantissaBits) + kMantissa - 1));
}

int64_t UnpackQuantity(uint16_t packed) {
  const int exponent = packed >> kMantissaBits;
  const int64_t mantissa = packed & (kMantissa - 1);
  return exponent == 0 ? mantissa : (mantissa + kMantissa) << (exponent - 1);
}

void NoteSale(Position& position, EventTime at, int64_t quantity_milli) {
  if (LiesBefore(position, Seconds(at))) return;
  NoteTime(position, Seconds(at));
  ++position.sales;
  NoteSize(position, std::llabs(quantity_milli));
  if (position.sales < kSalesMax) return;
  position.first_sale_s += (position.last_sale_s - position.first_sale_s) / 2;
  position.sales = kSalesKept;
}

MeasuredSales SalesOf(const Position& position) {
  if (position.sales < 2 || position.sale_size == 0) return {};
  const int64_t least_s = position.sales < kSalesKept ? kDayS : kHourS;
  return {.sold_milli = (position.sales - 1) * UnpackQuantity(position.sale_size),
          .in_s = std::max(least_s, int64_t{position.last_sale_s} - position.first_sale_s)};
}

}  // namespace shelf
