#include "position/ring.h"

#include <algorithm>
#include <bit>

namespace shelf {

MovementRing::MovementRing(size_t bytes_max)
    : movements_max_(std::bit_floor(std::max<size_t>(bytes_max / sizeof(Movement), 16))) {}

uint32_t MovementRing::Push(const Movement& movement) {
  if (full()) DropFirst();
  return Append(movement);
}

uint32_t MovementRing::Append(const Movement& movement) {
  if (size() == buffer_.size()) {
    std::vector<Movement> grown(std::max<size_t>(buffer_.size() * 2, 8));
    for (uint32_t n = first_; n != next_; ++n) grown[n & (grown.size() - 1)] = At(n);
    buffer_.swap(grown);
  }
  buffer_[next_ & (buffer_.size() - 1)] = movement;
  return next_++;
}

void MovementRing::DropFirst() {
  complete_after_ = std::max(complete_after_, EventTime{At(first_).time_ms});
  ++first_;
}

void MovementRing::Restore(uint32_t first, EventTime complete_after) {
  buffer_.clear();
  first_ = next_ = first;
  complete_after_ = complete_after;
}

}  // namespace shelf
