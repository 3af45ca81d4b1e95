#include "ctl/feed_parts.h"

#include <algorithm>

#include "position/algebra.h"

namespace shelf::ctl {
namespace {

int64_t ThereMilli(const Position& position) {
  return std::max<int64_t>(0, position.on_hand_milli);
}

// What a stage withholds has its own name where it is not the rules that withhold.
std::string_view NameOf(Stage stage, const Decision& decision) {
  const bool barred = stage == Stage::kEligibility && decision.ineligible != Ineligible::kNo;
  return barred ? IneligibleName(decision.ineligible) : StageName(stage);
}

// Takes parts off a difference until nothing is left of it.
class Levels {
 public:
  explicit Levels(int64_t rest_milli) : rest_milli_(rest_milli) {}

  void Take(std::string_view reason, int64_t up_to_milli, uint16_t rule = StageOutcome::kNoRule) {
    const int64_t milli = std::min(rest_milli_, up_to_milli);
    if (milli <= 0) return;
    rest_milli_ -= milli;
    parts_.push_back(
        {.reason = reason, .milli = milli, .rule = rule, .older_than_ms = std::nullopt});
  }
  FeedParts& parts() { return parts_; }
  int64_t rest_milli() const { return rest_milli_; }

 private:
  int64_t rest_milli_;
  FeedParts parts_;
};

}  // namespace

std::optional<int64_t> WhenItWas(int64_t feed_milli, int64_t buffer_milli, const Position& position,
                                 const Store& store) {
  const MovementRing& ring = store.state.ring;
  int64_t before_milli = position.on_hand_milli;
  for (uint32_t n = position.last_movement; n != 0 && ring.Holds(n); n = ring.At(n).previous) {
    const Movement& movement = ring.At(n);
    if (!Counts(movement, position, store.state.book_complete_through)) continue;
    before_milli -= movement.quantity_milli;
    if (std::max<int64_t>(0, before_milli - buffer_milli) == feed_milli) return movement.time_ms;
  }
  return std::nullopt;
}

FeedParts WhyLower(int64_t feed_milli, const Decision& decision, int64_t ours_milli,
                   const Position& position, const Store& store) {
  Levels levels(feed_milli - ours_milli);
  for (auto stage = kAllStages.rbegin(); stage != kAllStages.rend(); ++stage) {
    const StageOutcome& outcome = decision.stages[static_cast<size_t>(*stage)];
    levels.Take(NameOf(*stage, decision), outcome.withheld_milli, outcome.rule);
  }
  levels.Take("reservation", ThereMilli(position) - decision.base_milli);
  if (levels.rest_milli() == 0) return levels.parts();
  const std::optional<int64_t> older = WhenItWas(feed_milli, 0, position, store);
  levels.Take(older.has_value() ? "feed_older" : "stock", levels.rest_milli());
  levels.parts().back().older_than_ms = older;
  return levels.parts();
}

FeedPart WhyHigher(int64_t feed_milli, int64_t ours_milli, int64_t buffer_milli,
                   const Position& position, const Store& store) {
  FeedPart part;
  part.milli = ours_milli - feed_milli;
  const int64_t less_milli = std::max<int64_t>(0, ThereMilli(position) - buffer_milli);
  if (buffer_milli > 0 && less_milli == feed_milli) {
    part.reason = "feed_buffer";
    return part;
  }
  part.older_than_ms = WhenItWas(feed_milli, buffer_milli, position, store);
  if (part.older_than_ms.has_value()) {
    part.reason = "feed_older";
  } else {
    part.reason = feed_milli == 0 ? "feed_zero" : "stock";
  }
  return part;
}

}  // namespace shelf::ctl
