#include "position/apply.h"
#include "position/support.h"
#include "support/catch.h"

using shelf::RejectReason;
using shelf::SourceRole;
using shelf::position_test::At;
using shelf::position_test::World;

// Lines

TEST_CASE("a line of the book's list is applied at once and alone", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 bread 5");
  world.Feed("erp 2 chunk 10:00 L1 milk 7");
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.OnHand("bread") == 5);
}

TEST_CASE("a book holds negatives in its list too", "[position]") {
  World world;
  world.Feed("erp 1 chunk 10:00 L1 milk -2");
  CHECK(world.OnHand("milk") == -2);
}

TEST_CASE("a list line is exact by sequence", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("erp 3 chunk 10:00 L1 milk 7 claim 09:00");
  SECTION("a book delta sent before it but arriving late changes nothing") {
    world.Feed("erp 2 sale 09:45 milk -3");
    CHECK(world.OnHand("milk") == 7);
  }
  SECTION("a book delta sent after it counts, however old it is") {
    world.Feed("erp 4 sale 08:30 milk -3");
    CHECK(world.OnHand("milk") == 4);
  }
}

TEST_CASE("a book delta that overtook the list line stays on top", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("erp 3 sale 10:01 milk -3");
  world.Feed("erp 2 chunk 10:00 L1 milk 9");
  CHECK(world.OnHand("milk") == 6);
}

TEST_CASE("a sale of 09:30 stays deducted under a list of 10:00 complete through 09:00",
          "[position]") {
  World world;
  world.Feed("pos 1 sale 08:30 milk -1");
  world.Feed("pos 2 sale 09:30 milk -1");
  world.Feed("erp 1 chunk 10:00 L1 milk 9 claim 09:00");
  CHECK(world.OnHand("milk") == 8);
  world.Feed("pos 3 sale 09:40 milk -1");
  CHECK(world.OnHand("milk") == 7);
}

TEST_CASE("a list without a promise stands at its event time", "[position]") {
  World world;
  world.Feed("pos 1 sale 09:30 milk -1");
  world.Feed("pos 2 sale 10:30 milk -1");
  world.Feed("erp 1 chunk 10:00 L1 milk 9");
  CHECK(world.OnHand("milk") == 8);
}

TEST_CASE("of two lists the later in sequence holds", "[position]") {
  World world;
  world.Feed("erp 2 chunk 10:00 L2 milk 9");
  world.Feed("erp 1 chunk 11:00 L1 milk 4");
  CHECK(world.OnHand("milk") == 9);
  world.Feed("erp 3 chunk 09:00 L3 milk 3");
  CHECK(world.OnHand("milk") == 3);
}

TEST_CASE("a count later than the newest list wins over it", "[position]") {
  World world;
  world.Feed("erp 1 chunk 10:00 L1 milk 9 claim 09:00");
  world.Feed("scan 1 count 09:30 milk 5");
  CHECK(world.OnHand("milk") == 5);
  world.Feed("erp 2 chunk 10:10 L2 milk 9 claim 09:10");
  CHECK(world.OnHand("milk") == 5);
}

TEST_CASE("a later list wins over an older count", "[position]") {
  World world;
  world.Feed("scan 1 count 09:30 milk 5");
  world.Feed("erp 1 chunk 10:10 L1 milk 9 claim 10:00");
  CHECK(world.OnHand("milk") == 9);
  world.Feed("scan 2 count 09:40 milk 4");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("between a list and a count within two minutes the lower holds", "[position]") {
  World world;
  SECTION("the count is lower and older") {
    world.Feed("scan 1 count 09:58 milk 5");
    world.Feed("erp 1 chunk 10:00 L1 milk 9");
    CHECK(world.OnHand("milk") == 5);
  }
  SECTION("the list is lower and older") {
    world.Feed("scan 1 count 10:01 milk 9");
    world.Feed("erp 1 chunk 10:00 L1 milk 5");
    CHECK(world.OnHand("milk") == 5);
  }
  SECTION("lower is what comes out, with the movements after each") {
    world.Feed("pos 1 sale 10:00:30 milk -3");
    world.Feed("scan 1 count 10:01 milk 8");
    world.Feed("erp 1 chunk 10:00 L1 milk 10");
    CHECK(world.OnHand("milk") == 7);
  }
}

TEST_CASE("a list of another source than the book's is refused", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  CHECK(world.Feed("pos 1 chunk 10:00 L1 milk 7").reject == RejectReason::kUnsupportedBody);
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("two books of one store are not compared by sequence", "[position]") {
  World world;
  world.Declare("wms", SourceRole::kBook);
  world.Feed("erp 500 chunk 10:00 L1 milk 9");
  SECTION("a movement of the other counts by its time") {
    world.Feed("wms 1 transfer_in 10:30 milk 4");
    CHECK(world.OnHand("milk") == 13);
    world.Feed("wms 2 transfer_in 09:30 milk 4");
    CHECK(world.OnHand("milk") == 13);
  }
  SECTION("of their lists the later holds") {
    world.Feed("wms 1 chunk 10:30 L2 milk 4");
    CHECK(world.OnHand("milk") == 4);
    world.Feed("erp 501 chunk 09:30 L3 milk 20");
    CHECK(world.OnHand("milk") == 4);
  }
  SECTION("within two minutes the lower list holds") {
    world.Feed("wms 1 chunk 10:01 L2 milk 12");
    CHECK(world.OnHand("milk") == 9);
    world.Feed("wms 2 chunk 09:59 L3 milk 8");
    CHECK(world.OnHand("milk") == 8);
  }
}

TEST_CASE("a sweep keeps another book's later movement once, whatever its sequence", "[position]") {
  World world;
  world.Declare("wms", SourceRole::kBook);
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10
    erp 2 begin 10:00 L1
    erp 3 chunk 10:00 L1 bread 2
    wms 3 transfer_in 10:30 milk 4
    erp 4 end 10:00 L1 1
  )");
  CHECK(world.OnHand("milk") == 4);
}

// The end of a list

TEST_CASE("at the right end what the list did not mention is zero", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5
    erp 2 begin 10:00 L1
    erp 3 chunk 10:00 L1 milk 7
  )");
  CHECK(world.OnHand("bread") == 5);
  CHECK(world.Feed("erp 4 end 10:00 L1 1").reject == RejectReason::kNone);
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.OnHand("bread") == 0);
}

TEST_CASE("a list with the wrong line count zeroes nothing", "[position]") {
  World world;
  const auto end = world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5 claim 08:00
    erp 2 begin 10:00 L1 claim 09:00
    erp 3 chunk 10:00 L1 milk 7 claim 09:00
    erp 4 end 10:00 L1 2 claim 09:00
  )");
  CHECK(end.reject == RejectReason::kSnapshotMismatch);
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.OnHand("bread") == 5);
  CHECK(world.complete_through() == At("08:00"));
}

TEST_CASE("an end without its begin zeroes nothing", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  const auto end = world.Feed("erp 2 end 10:00 L1 0");
  CHECK(end.reject == RejectReason::kSnapshotMismatch);
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("Tb moves at the correct end of a list and not before", "[position]") {
  World world;
  world.Feed("erp 1 begin 10:00 L1 claim 09:00");
  world.Feed("erp 2 chunk 10:00 L1 milk 7 claim 09:00");
  CHECK(world.complete_through().ms == 0);
  CHECK(world.Feed("erp 3 end 10:00 L1 1 claim 09:00").watermark_moved);
  CHECK(world.complete_through() == At("09:00"));
}

TEST_CASE("a list without a promise moves no Tb", "[position]") {
  World world;
  world.Feed("erp 1 begin 10:00 L1");
  world.Feed("erp 2 chunk 10:00 L1 milk 7");
  world.Feed("erp 3 end 10:00 L1 1");
  CHECK(world.complete_through().ms == 0);
}

TEST_CASE("a chunk lost and sent again completes the list after its end came", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5 eggs 6
    erp 2 begin 10:00 L1 claim 09:00
    erp 3 chunk 10:00 L1 milk 7 claim 09:00
  )");
  CHECK(world.Feed("erp 5 end 10:00 L1 2 claim 09:00").reject == RejectReason::kNone);
  CHECK(world.OnHand("eggs") == 6);
  CHECK(world.complete_through().ms == 0);
  world.Feed("erp 4 chunk 10:00 L1 bread 4 claim 09:00");
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.OnHand("bread") == 4);
  CHECK(world.OnHand("eggs") == 0);
  CHECK(world.complete_through() == At("09:00"));
}

TEST_CASE("a begin lost and sent again completes the list", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5
    erp 3 chunk 10:00 L1 milk 7
    erp 4 end 10:00 L1 1
  )");
  CHECK(world.OnHand("bread") == 5);
  world.Feed("erp 2 begin 10:00 L1");
  CHECK(world.OnHand("bread") == 0);
}

TEST_CASE("a swept position keeps an early sale after T", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10
    pos 1 sale 08:30 milk -1
    pos 2 sale 09:30 milk -2
    erp 2 begin 10:00 L1 claim 09:00
    erp 3 end 10:00 L1 0 claim 09:00
  )");
  CHECK(world.OnHand("milk") == -2);
}

TEST_CASE("a swept position keeps a receipt that happened after T", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10
    erp 2 begin 10:00 L1 claim 09:00
    erp 3 receipt 09:30 milk 6
    erp 4 sale 08:45 milk -1
    erp 5 end 10:00 L1 0 claim 09:00
  )");
  CHECK(world.OnHand("milk") == 6);
  world.Feed("erp 6 sale 08:50 milk -1");
  CHECK(world.OnHand("milk") == 5);
}

TEST_CASE("a sweep leaves a later count alone", "[position]") {
  World world;
  world.Feed("scan 1 count 09:30 milk 5");
  world.Feed("erp 1 begin 10:00 L1 claim 09:00");
  world.Feed("erp 2 end 10:00 L1 0 claim 09:00");
  CHECK(world.OnHand("milk") == 5);
}

TEST_CASE("a second list sweeps what only the first one mentioned", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 begin 10:00 L1
    erp 2 chunk 10:00 L1 milk 7 bread 3
    erp 3 end 10:00 L1 2
    erp 4 begin 11:00 L2
    erp 5 chunk 11:00 L2 milk 6
    erp 6 end 11:00 L2 1
  )");
  CHECK(world.OnHand("milk") == 6);
  CHECK(world.OnHand("bread") == 0);
}

TEST_CASE("a newer list displaces an unfinished one, whose stragglers hold alone", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5 eggs 6
    erp 2 begin 10:00 L1
    erp 3 chunk 10:00 L1 milk 7
    erp 6 begin 11:00 L2
    erp 7 chunk 11:00 L2 milk 8
    erp 4 chunk 10:00 L1 bread 4
    erp 5 end 10:00 L1 2
  )");
  CHECK(world.OnHand("milk") == 8);
  CHECK(world.OnHand("bread") == 4);
  CHECK(world.OnHand("eggs") == 6);
  world.Feed("erp 8 end 11:00 L2 1");
  CHECK(world.OnHand("bread") == 0);
  CHECK(world.OnHand("eggs") == 0);
}

TEST_CASE("a straggler of a displaced list does not displace one whose begin is missing",
          "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 5
    erp 2 begin 10:00 L1
    erp 4 end 10:00 L1 1
    erp 6 chunk 11:00 L2 milk 8
    erp 3 chunk 10:00 L1 bread 4
    erp 5 begin 11:00 L2
    erp 7 end 11:00 L2 1
  )");
  CHECK(world.OnHand("milk") == 8);
  CHECK(world.OnHand("bread") == 0);
}

TEST_CASE("an overflowing line counts as mentioned and is rejected alone", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 bread 5");
  world.Feed("erp 2 begin 10:00 L1");
  world.Feed("erp 4 receipt 10:01 milk 5");
  auto chunk = shelf::position_test::Parse("erp 3 chunk 10:00 L1 milk 1 bread 2");
  chunk.lines[0].quantity_milli = shelf::kQuantityMilliMax;
  world.Feed(chunk);
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.rejected[0].reason == RejectReason::kQuantityOverflow);
  CHECK(world.Feed("erp 5 end 10:00 L1 2").reject == RejectReason::kNone);
  CHECK(world.OnHand("milk") == 15);
  CHECK(world.OnHand("bread") == 2);
}
