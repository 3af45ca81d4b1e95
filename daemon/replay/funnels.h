// What each stage withholds on the two sides, looked at now and then: to follow it all the time
// would mean to decide every position at every tick.
// THREAD: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "replay/figures.h"
#include "replay/labels.h"
#include "replay/side.h"

namespace shelf {

class Funnels {
 public:
  // So many moments, in the middle of as many equal parts of the time that counts.
  static constexpr int kSamples = 12;

  Funnels(int64_t from_ms, int64_t to_ms) : from_ms_(from_ms), to_ms_(to_ms) {}

  // The log's time has come to `now_ms`: a moment is over.
  bool Due(int64_t now_ms) const;
  // Decides every position of the live partitions. Once for each moment that is over.
  void Take(std::array<Side*, kSides> sides, Labels& labels);

  int samples() const { return taken_; }
  std::vector<ChannelFunnel> Means(const Labels& labels) const;

 private:
  void TakeSide(size_t s, Side& side, Labels& labels);

  const int64_t from_ms_, to_ms_;
  int taken_ = 0;
  std::array<std::vector<FunnelFigures>, kSides> sums_;  // by channel label
  std::array<std::vector<Label>, kSides> channel_labels_;
};

}  // namespace shelf
