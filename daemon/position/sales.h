// The rhythm and size of a position's sales, measured over its last ones: what the presence and
// safety_stock stages know of them. Kept in the Position itself.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "position/position.h"

namespace shelf {

// A quantity in 16 bits: 5 of exponent, 11 of mantissa. Exact through 4,095 thousandths, above that
// within 1 part in 4,096; what is above the largest becomes the largest. Of quantities >= 0.
uint16_t PackQuantity(int64_t milli);
int64_t UnpackQuantity(uint16_t packed);
inline constexpr int64_t kPackedQuantityMax = int64_t{4095} << 30;

// A sale of so much (the sign does not matter) at its event time. The window keeps 64 sales; then
// the older half of its time and their number are forgotten, so that a changed rhythm shows. The
// mean size is kept in Position::sale_size, which rounding lets follow to within about 3 %.
// Whatever the order in which they come, the window's number is that of the sales between its first
// and its last: an older one widens it backwards while it holds fewer than 32. From then on
// something may have been forgotten there, so an older sale changes neither time, number nor size:
// with it the window would take in time whose other sales it has not, and the rate would be too
// low.
void NoteSale(Position& position, EventTime at, int64_t quantity_milli);

// (sales - 1) x mean size, sold in the calendar time from the window's first to its last sale.
struct MeasuredSales {
  int64_t sold_milli = 0;
  int64_t in_s = 0;  // 0: not known
};
// Not known with fewer than two sales, nor before their sizes were measured. A receipt's lines of
// the same second are no rhythm: the time of fewer than 32 sales, in a window that was surely never
// full, counts as a day at least, that of any other as an hour.
MeasuredSales SalesOf(const Position& position);

}  // namespace shelf
