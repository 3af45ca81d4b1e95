#include "position/sequence.h"

#include <cstdint>

#include "support/catch.h"

using shelf::EventTime;
using shelf::SequenceTracker;
using Outcome = shelf::SequenceTracker::Outcome;

namespace {

void ObserveAll(SequenceTracker& tracker, std::initializer_list<uint64_t> sequences) {
  for (const uint64_t sequence : sequences) {
    REQUIRE(tracker.Observe(1, sequence).outcome == Outcome::kNew);
  }
}

// Leaves every other sequence out, from 2 on, until the ranges are used up.
void FillRanges(SequenceTracker& tracker) {
  tracker.Observe(1, 1);
  for (uint64_t i = 0; i < SequenceTracker::kRangesMax; ++i) {
    REQUIRE(tracker.Observe(1, 3 + 2 * i).outcome == Outcome::kNew);
  }
}

}  // namespace

TEST_CASE("what comes in order is new and leaves no gap", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 2, 3});
  CHECK(tracker.low() == 3);
  CHECK_FALSE(tracker.has_gap());
}

TEST_CASE("a sequence is a duplicate below the low mark and inside a range", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 2, 5, 6, 7});
  for (const uint64_t seen : {1, 2, 5, 6, 7}) {
    CHECK(tracker.Observe(1, seen).outcome == Outcome::kDuplicate);
  }
  CHECK(tracker.Observe(1, 4).outcome == Outcome::kNew);
}

TEST_CASE("a gap is opened once and names the first missing run", "[position]") {
  SequenceTracker tracker;
  tracker.Observe(1, 1);
  CHECK(tracker.Observe(1, 4).opened_gap);
  CHECK_FALSE(tracker.Observe(1, 5).opened_gap);
  REQUIRE(tracker.has_gap());
  CHECK(tracker.gap_first() == 2);
  CHECK(tracker.gap_last() == 3);
}

TEST_CASE("a source heard from its middle on has a gap before it", "[position]") {
  SequenceTracker tracker;
  const auto seen = tracker.Observe(9, 100);
  CHECK(seen.opened_gap);
  CHECK_FALSE(seen.new_epoch);
  CHECK(tracker.gap_first() == 1);
  CHECK(tracker.gap_last() == 99);
}

TEST_CASE("ranges join from below, from above and in the middle", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 4, 8});
  ObserveAll(tracker, {5, 7});
  REQUIRE(tracker.ranges().size() == 2);
  CHECK(tracker.ranges()[0].last == 5);
  CHECK(tracker.ranges()[1].first == 7);
  tracker.Observe(1, 6);
  REQUIRE(tracker.ranges().size() == 1);
  CHECK(tracker.ranges()[0].first == 4);
  CHECK(tracker.ranges()[0].last == 8);
}

TEST_CASE("closing the gap takes every range that adjoins", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 3, 4, 6});
  tracker.Observe(1, 2);
  CHECK(tracker.low() == 4);
  CHECK(tracker.gap_first() == 5);
  tracker.Observe(1, 5);
  CHECK(tracker.low() == 6);
  CHECK_FALSE(tracker.has_gap());
}

TEST_CASE("a sixty-fifth range is refused and not consumed", "[position]") {
  SequenceTracker tracker;
  FillRanges(tracker);
  const uint64_t above = 3 + 2 * SequenceTracker::kRangesMax;
  CHECK(tracker.Observe(1, above).outcome == Outcome::kTooManyGaps);
  CHECK(tracker.Observe(1, 2).outcome == Outcome::kNew);
  CHECK(tracker.Observe(1, above).outcome == Outcome::kNew);
}

TEST_CASE("full ranges still take what joins one of them", "[position]") {
  SequenceTracker tracker;
  FillRanges(tracker);
  const uint64_t last = 3 + 2 * (SequenceTracker::kRangesMax - 1);
  CHECK(tracker.Observe(1, last + 1).outcome == Outcome::kNew);
  CHECK(tracker.Observe(1, 4).outcome == Outcome::kNew);
  CHECK(tracker.ranges().size() == SequenceTracker::kRangesMax - 1);
}

TEST_CASE("a promise counts when nothing before it is missing", "[position]") {
  SequenceTracker tracker;
  tracker.Observe(1, 1);
  tracker.Claim(1, EventTime{100});
  CHECK(tracker.complete_through() == EventTime{100});
  tracker.Observe(1, 3);
  tracker.Claim(3, EventTime{300});
  CHECK(tracker.complete_through() == EventTime{100});
  tracker.Observe(1, 2);
  CHECK(tracker.complete_through() == EventTime{300});
}

TEST_CASE("each range holds its own promise, and joined ones the larger", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 3, 5, 8});
  tracker.Claim(3, EventTime{300});
  tracker.Claim(5, EventTime{500});
  tracker.Claim(8, EventTime{800});
  tracker.Observe(1, 4);
  CHECK(tracker.complete_through() == EventTime{0});
  tracker.Observe(1, 2);
  CHECK(tracker.complete_through() == EventTime{500});
}

TEST_CASE("a smaller promise takes nothing back", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 2});
  tracker.Claim(1, EventTime{500});
  tracker.Claim(2, EventTime{200});
  CHECK(tracker.complete_through() == EventTime{500});
}

TEST_CASE("the first epoch ever seen is no change, whatever its number", "[position]") {
  SequenceTracker tracker;
  const auto seen = tracker.Observe(1'700'000'000, 1);
  CHECK(seen.outcome == Outcome::kNew);
  CHECK_FALSE(seen.new_epoch);
  CHECK(tracker.epoch_ordinal() == 0);
}

TEST_CASE("a lower epoch is refused and changes nothing", "[position]") {
  SequenceTracker tracker;
  tracker.Observe(7, 1);
  CHECK(tracker.Observe(6, 2).outcome == Outcome::kOldEpoch);
  CHECK(tracker.low() == 1);
  CHECK(tracker.epoch() == 7);
}

TEST_CASE("a higher epoch starts over at one and forgets the gaps of the old", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 2, 5});
  const auto seen = tracker.Observe(2, 1);
  CHECK(seen.outcome == Outcome::kNew);
  CHECK(seen.new_epoch);
  CHECK(tracker.low() == 1);
  CHECK_FALSE(tracker.has_gap());
  CHECK(tracker.epoch_ordinal() == 1);
  CHECK(tracker.Observe(2, 2).new_epoch == false);
}

TEST_CASE("a promise held above a gap of the old epoch is forgotten with it", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 3});
  tracker.Claim(1, EventTime{100});
  tracker.Claim(3, EventTime{300});
  tracker.Observe(2, 1);
  tracker.Observe(2, 2);
  CHECK(tracker.complete_through() == EventTime{100});
}

TEST_CASE("a new epoch that is first heard above its beginning has a gap too", "[position]") {
  SequenceTracker tracker;
  tracker.Observe(1, 1);
  const auto seen = tracker.Observe(2, 3);
  CHECK(seen.new_epoch);
  CHECK(seen.opened_gap);
  CHECK(tracker.gap_first() == 1);
}

TEST_CASE("healing takes what is missing as received, and ranges with their promises",
          "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 5, 6, 9});
  tracker.Claim(6, EventTime{600});
  tracker.Claim(9, EventTime{900});
  tracker.HealThrough(4);
  CHECK(tracker.low() == 6);
  CHECK(tracker.complete_through() == EventTime{600});
  CHECK(tracker.gap_first() == 7);
  CHECK(tracker.Observe(1, 3).outcome == Outcome::kDuplicate);
}

TEST_CASE("healing into the middle of a range keeps the range whole", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 4, 5, 6});
  tracker.HealThrough(5);
  CHECK(tracker.low() == 6);
  CHECK_FALSE(tracker.has_gap());
}

TEST_CASE("healing below the low mark changes nothing", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 2, 3});
  tracker.HealThrough(2);
  CHECK(tracker.low() == 3);
}

TEST_CASE("a restored tracker goes on where it stood", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 4});
  tracker.Claim(4, EventTime{400});
  SequenceTracker restored;
  restored.Restore(tracker.epoch(), tracker.epoch_ordinal(), tracker.low(),
                   tracker.complete_through().ms, tracker.ranges());
  CHECK(restored.Observe(1, 4).outcome == Outcome::kDuplicate);
  restored.Observe(1, 2);
  restored.Observe(1, 3);
  CHECK(restored.low() == 4);
  CHECK(restored.complete_through() == EventTime{400});
}

TEST_CASE("told that what came before is lost, a tracker begins where it hears the source",
          "[position]") {
  SequenceTracker tracker;
  tracker.BeginWhereHeard();
  const SequenceTracker::Observation first = tracker.Observe(7, 500);
  CHECK(first.outcome == Outcome::kNew);
  CHECK(first.new_epoch);
  CHECK_FALSE(first.opened_gap);
  CHECK(tracker.low() == 500);
  CHECK(tracker.Observe(7, 503).opened_gap);
  CHECK(tracker.gap_first() == 501);
}

TEST_CASE("a source's very first document is no later start, whatever was lost", "[position]") {
  SequenceTracker tracker;
  tracker.BeginWhereHeard();
  CHECK_FALSE(tracker.Observe(7, 1).new_epoch);
  CHECK(tracker.low() == 1);
}

TEST_CASE("what was seen already keeps its gaps when a loss is told of", "[position]") {
  SequenceTracker tracker;
  ObserveAll(tracker, {1, 2});
  tracker.BeginWhereHeard();
  CHECK(tracker.Observe(tracker.epoch(), 5).opened_gap);
  CHECK(tracker.Observe(tracker.epoch() + 1, 3).opened_gap);
}

TEST_CASE("what is received above gaps costs 24 bytes a range, for 64 ranges at most",
          "[position]") {
  static_assert(sizeof(SequenceTracker::Range) == 24);
  SequenceTracker tracker;
  FillRanges(tracker);
  for (uint64_t i = 0; i < 1000; ++i) tracker.Observe(1, 1000 + 2 * i);
  CHECK(tracker.ranges().size() == 64);
  CHECK(tracker.ranges().capacity() * sizeof(SequenceTracker::Range) <= 64 * 24);
}
