// Chance from a number, the same on every machine.
#pragma once

#include <cstdint>

namespace shelf::sim {

// splitmix64 (Steele, Lea, Flood 2014): any seed is as good as any other, and making one costs
// nothing, so that each step of a plan can have its own.
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 <= result < n; n >= 1.
  int64_t Below(int64_t n) { return static_cast<int64_t>(Next() % static_cast<uint64_t>(n)); }
  // low <= result <= high.
  int64_t In(int64_t low, int64_t high) { return low + Below(high - low + 1); }
  bool Hits(int64_t percent) { return Below(100) < percent; }
  template <typename Container>
  const auto& Of(const Container& choices) {
    return choices[static_cast<size_t>(Below(static_cast<int64_t>(choices.size())))];
  }

 private:
  uint64_t state_;
};

}  // namespace shelf::sim
