#include "position/watermark.h"

#include <string>

#include "position/support.h"
#include "support/catch.h"

using shelf::RejectReason;
using shelf::position_test::At;
using shelf::position_test::World;

// Promises

TEST_CASE("the watermark moves by promises, never by event times", "[position]") {
  World world;
  CHECK_FALSE(world.Feed("erp 1 receipt 10:00 milk 1").watermark_moved);
  CHECK(world.watermark().ms == 0);
  CHECK(world.Feed("erp 2 heartbeat 10:00 claim 09:50").watermark_moved);
  CHECK(world.watermark() == At("09:50"));
}

TEST_CASE("a promise on a movement counts like a heartbeat's", "[position]") {
  World world;
  CHECK(world.Feed("erp 1 receipt 10:00 milk 1 claim 09:55").watermark_moved);
  CHECK(world.watermark() == At("09:55"));
}

TEST_CASE("without a required early source the watermark is Tb", "[position]") {
  World world;
  world.Feed("erp 1 heartbeat 10:00 claim 09:00");
  CHECK_FALSE(world.Feed("pos 1 heartbeat 10:00 claim 09:50").watermark_moved);
  CHECK(world.watermark() == At("09:00"));
}

TEST_CASE("the watermark is the least of the required early sources but at least Tb",
          "[position]") {
  World world;
  world.Require("pos");
  world.Declare("till2", shelf::SourceRole::kEarly, true);
  world.Feed("erp 1 heartbeat 10:00 claim 08:00");
  CHECK(world.watermark() == At("08:00"));
  world.Feed("pos 1 heartbeat 10:00 claim 09:50");
  CHECK(world.watermark() == At("08:00"));
  CHECK(world.Feed("till2 1 heartbeat 10:00 claim 09:40").watermark_moved);
  CHECK(world.watermark() == At("09:40"));
  world.Feed("erp 2 heartbeat 10:00 claim 09:45");
  CHECK(world.watermark() == At("09:45"));
}

TEST_CASE("evidence sources never hold the watermark back nor move it", "[position]") {
  World world;
  world.Feed("erp 1 heartbeat 10:00 claim 09:00");
  CHECK_FALSE(world.Feed("scan 5 heartbeat 10:00 claim 09:59").watermark_moved);
  CHECK(world.watermark() == At("09:00"));
  CHECK_FALSE(world.store.frozen());
}

TEST_CASE("the watermark never goes back", "[position]") {
  World world;
  world.Feed("erp 1 heartbeat 10:00 claim 09:00");
  CHECK_FALSE(world.Feed("erp 2 heartbeat 10:00 claim 08:00").watermark_moved);
  CHECK(world.watermark() == At("09:00"));
}

// Gaps

TEST_CASE("a claim above a gap does not move the watermark until the gap closes", "[position]") {
  World world;
  world.Feed("erp 1 heartbeat 09:00 claim 09:00");
  const auto opened = world.Feed("erp 3 heartbeat 10:00 claim 10:00");
  CHECK(opened.opened_gap);
  CHECK(opened.freeze_changed);
  CHECK_FALSE(opened.watermark_moved);
  CHECK(world.store.frozen());
  const auto closed = world.Feed("erp 2 heartbeat 09:30 claim 09:30");
  CHECK(closed.watermark_moved);
  CHECK(closed.freeze_changed);
  CHECK(world.watermark() == At("10:00"));
  CHECK_FALSE(world.store.frozen());
}

TEST_CASE("only sources that can hold the watermark freeze the store", "[position]") {
  World world;
  world.Feed("pos 2 heartbeat 10:00");
  world.Feed("scan 2 heartbeat 10:00");
  CHECK_FALSE(world.store.frozen());
  world.Require("pos");
  CHECK(world.store.frozen());
}

TEST_CASE("too many gaps ask for a list and leave the document unconsumed", "[position]") {
  World world;
  for (int i = 0; i < 64; ++i) {
    world.Feed("erp " + std::to_string(2 + 2 * i) + " receipt 10:00 milk 1");
  }
  const auto refused = world.Feed("erp 130 receipt 10:00 milk 1");
  CHECK(refused.reject == RejectReason::kTooManyGaps);
  CHECK(refused.wants_list);
  CHECK(world.OnHand("milk") == 64);
  world.Feed("erp 1 receipt 10:00 milk 1");
  CHECK_FALSE(world.Feed("erp 130 receipt 10:00 milk 1").duplicate);
  CHECK(world.OnHand("milk") == 66);
}

TEST_CASE("a book's gap heals by a complete list", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 claim 08:00
    erp 3 sale 09:00 milk -1 claim 09:00
    erp 4 begin 10:00 L1 claim 09:30
    erp 5 chunk 10:00 L1 milk 6 claim 09:30
  )");
  CHECK(world.store.frozen());
  CHECK(world.watermark() == At("08:00"));
  CHECK(world.Feed("erp 6 end 10:00 L1 1 claim 09:30").freeze_changed);
  CHECK_FALSE(world.store.frozen());
  CHECK(world.watermark() == At("09:30"));
  CHECK(world.Feed("erp 2 sale 08:30 milk -2").duplicate);
  CHECK(world.OnHand("milk") == 6);
}

TEST_CASE("a gap after the begin of a list is not healed by it", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 begin 10:00 L1 claim 09:30
    erp 2 chunk 10:00 L1 milk 6 claim 09:30
    erp 4 end 10:00 L1 1 claim 09:30
  )");
  CHECK(world.store.frozen());
  CHECK(world.watermark().ms == 0);
  world.Feed("erp 3 sale 10:00 milk -1");
  CHECK(world.OnHand("milk") == 5);
  CHECK(world.watermark() == At("09:30"));
}

TEST_CASE("an early source's gap heals when the book passes what revealed it", "[position]") {
  World world;
  world.Require("pos");
  world.Feed("erp 1 heartbeat 09:00 claim 08:00");
  world.Feed("pos 1 heartbeat 09:00 claim 09:00");
  world.Feed("pos 3 sale 09:10 milk -1 claim 09:05");
  CHECK(world.store.frozen());
  world.Feed("erp 2 heartbeat 10:00 claim 09:09");
  CHECK(world.store.frozen());
  world.Feed("erp 3 heartbeat 10:00 claim 09:10");
  CHECK_FALSE(world.store.frozen());
}

TEST_CASE("what an early source promised above its gap counts as soon as the book heals it",
          "[position]") {
  World world;
  world.Require("pos");
  world.Feed("pos 1 heartbeat 09:00 claim 09:00");
  world.Feed("pos 3 heartbeat 09:10 claim 09:10");
  world.Feed("pos 4 heartbeat 09:50 claim 09:50");
  CHECK(world.watermark() == At("09:00"));
  const auto healed = world.Feed("erp 1 heartbeat 10:00 claim 09:20");
  CHECK(healed.watermark_moved);
  CHECK(world.watermark() == At("09:50"));
}

TEST_CASE("a refused time in the future does not put an early gap's healing off", "[position]") {
  World world;
  world.Require("pos");
  world.Tick("10:00");
  world.Feed("pos 1 heartbeat 09:00 claim 09:00");
  CHECK(world.Feed("pos 3 heartbeat 23:00 claim 23:00").reject == RejectReason::kFutureTime);
  CHECK(world.store.frozen());
  world.Tick("11:00");
  world.Feed("erp 1 heartbeat 11:00 claim 10:30");
  CHECK_FALSE(world.store.frozen());
}

// Epochs

TEST_CASE("the first epoch ever seen freezes nothing", "[position]") {
  World world;
  const auto first = world.Feed("erp@1700000000 1 heartbeat 10:00 claim 09:00");
  CHECK_FALSE(first.wants_list);
  CHECK_FALSE(world.store.frozen());
  CHECK(world.watermark() == At("09:00"));
}

TEST_CASE("a document of a lower epoch is refused and moves nothing", "[position]") {
  World world;
  world.Feed("erp@2 1 receipt 08:00 milk 10");
  const auto old = world.Feed("erp@1 2 receipt 08:00 milk 10 claim 09:00");
  CHECK(old.reject == RejectReason::kOldEpoch);
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.watermark().ms == 0);
}

TEST_CASE("a new epoch of the book freezes until a complete list", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 claim 08:00");
  const auto renewed = world.Feed("erp@2 1 heartbeat 09:00 claim 09:00");
  CHECK(renewed.wants_list);
  CHECK(renewed.freeze_changed);
  CHECK(world.watermark() == At("08:00"));
  world.Feed("erp@2 2 sale 09:05 milk -1 claim 09:05");
  CHECK(world.OnHand("milk") == 9);
  CHECK(world.store.frozen());
  world.Feed("erp@2 3 begin 09:10 L1 claim 09:02");
  world.Feed("erp@2 4 chunk 09:10 L1 milk 6 claim 09:02");
  const auto end = world.Feed("erp@2 5 end 09:10 L1 1 claim 09:02");
  CHECK(end.freeze_changed);
  CHECK(end.watermark_moved);
  CHECK(world.watermark() == At("09:05"));
  CHECK(world.OnHand("milk") == 6);
}

TEST_CASE("a list that the old epoch left unfinished does not hold up the new one's",
          "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5
    erp 2 begin 09:00 L1
    erp 3 chunk 09:00 L1 bread 4
    erp@2 1 begin 10:00 L2 claim 09:30
    erp@2 2 chunk 10:00 L2 milk 6 claim 09:30
    erp@2 3 end 10:00 L2 1 claim 09:30
  )");
  CHECK_FALSE(world.store.frozen());
  CHECK(world.watermark() == At("09:30"));
  CHECK(world.OnHand("milk") == 6);
  CHECK(world.OnHand("bread") == 0);
}

TEST_CASE("parts of a list from two epochs make no whole one", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5
    erp 2 begin 09:00 L1
    erp 3 chunk 09:00 L1 bread 4
    erp@2 1 end 10:00 L1 1 claim 09:30
  )");
  CHECK(world.store.frozen());
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.watermark().ms == 0);
}

TEST_CASE("movements of a new epoch count after a list of the old, whatever their sequence",
          "[position]") {
  World world;
  world.Feed("erp 500 chunk 10:00 L1 milk 9");
  world.Feed("erp@2 1 sale 10:30 milk -1");
  CHECK(world.OnHand("milk") == 8);
}

TEST_CASE("a new epoch of an early source heals when the book passes it", "[position]") {
  World world;
  world.Require("pos");
  world.Feed("erp 1 heartbeat 09:00 claim 08:00");
  world.Feed("pos 1 heartbeat 09:00 claim 09:00");
  const auto renewed = world.Feed("pos@2 1 sale 09:30 milk -1 claim 09:30");
  CHECK(renewed.freeze_changed);
  CHECK_FALSE(renewed.wants_list);
  world.Feed("pos@2 2 heartbeat 09:45 claim 09:45");
  CHECK(world.watermark() == At("09:00"));
  world.Feed("erp 2 heartbeat 10:00 claim 09:30");
  CHECK_FALSE(world.store.frozen());
  CHECK(world.watermark() == At("09:45"));
}

TEST_CASE("a new epoch of an evidence source freezes nothing", "[position]") {
  World world;
  world.Feed("scan 1 count 08:00 milk 5");
  world.Feed("scan@2 1 count 09:00 milk 4");
  CHECK_FALSE(world.store.frozen());
  CHECK(world.OnHand("milk") == 4);
}

// Restore

TEST_CASE("early movements found again in the ring drop out as they would have", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 claim 08:00
    pos 1 sale 09:00 milk -1
    pos 2 sale 08:30 milk -2
  )");
  shelf::RebuildEarly(world.store);
  world.Feed("erp 2 heartbeat 10:00 claim 08:45");
  CHECK(world.OnHand("milk") == 9);
  world.Feed("erp 3 heartbeat 10:00 claim 09:00");
  CHECK(world.OnHand("milk") == 10);
}
