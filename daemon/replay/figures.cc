#include "replay/figures.h"

namespace shelf {

SideFigures& SideFigures::operator+=(const SideFigures& other) {
  offered_milli += other.offered_milli;
  failed_taken += other.failed_taken;
  failed_avoided += other.failed_avoided;
  good_taken += other.good_taken;
  good_lost += other.good_lost;
  absent += other.absent;
  hidden += other.hidden;
  return *this;
}

FigureRow& FigureRow::operator+=(const FigureRow& other) {
  for (size_t s = 0; s < kSides; ++s) sides[s] += other.sides[s];
  failed += other.failed;
  good += other.good;
  open += other.open;
  counted += other.counted;
  return *this;
}

}  // namespace shelf
