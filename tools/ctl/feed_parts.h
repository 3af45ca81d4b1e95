// Why one key's number is another than the feed's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "loop/world.h"
#include "rules/stage.h"

namespace shelf::ctl {

struct FeedPart {
  std::string_view reason;
  int64_t milli = 0;  // > 0
  uint16_t rule = StageOutcome::kNoRule;
  std::optional<int64_t> older_than_ms;
};
using FeedParts = absl::InlinedVector<FeedPart, 4>;

// When the position's on-hand was last such that `buffer_milli` less of it, and not below zero,
// comes to `feed_milli`: before the movement of that time. nullopt: it was not, as far back as its
// anchor and the ring of movements tell.
std::optional<int64_t> WhenItWas(int64_t feed_milli, int64_t buffer_milli, const Position& position,
                                 const Store& store);

// Ours is lower by feed - ours. Between the two lie levels: from ours upwards what the last stage
// withholds, then the stage before it, … up to the base; then what is reserved, up to on-hand; and
// above that stock that the feed knows and we do not. The parts add up to the difference.
FeedParts WhyLower(int64_t feed_milli, const Decision& decision, int64_t ours_milli,
                   const Position& position, const Store& store);

// Ours is higher by ours - feed, in one part.
FeedPart WhyHigher(int64_t feed_milli, int64_t ours_milli, int64_t buffer_milli,
                   const Position& position, const Store& store);

}  // namespace shelf::ctl
