#include "position/apply.h"

#include "position/early_drops.h"
#include "position/support.h"
#include "support/catch.h"

using shelf::RejectReason;
using shelf::position_test::Document;
using shelf::position_test::Parse;
using shelf::position_test::World;

namespace {

// A document whose only line has this many thousandths.
Document WithMilli(std::string_view text, int64_t quantity_milli) {
  Document document = Parse(text);
  document.lines.front().quantity_milli = quantity_milli;
  return document;
}

}  // namespace

// Movements

TEST_CASE("without a count or a list on-hand is the sum of the movements", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10 bread 4
    erp 2 sale 09:00 milk -3
    erp 3 return 09:30 milk 1
  )");
  CHECK(world.OnHand("milk") == 8);
  CHECK(world.OnHand("bread") == 4);
}

TEST_CASE("negative books are kept signed", "[position]") {
  World world;
  world.Feed("erp 1 sale 09:00 milk -3");
  CHECK(world.OnHand("milk") == -3);
  world.Feed("erp 2 receipt 10:00 milk 2");
  CHECK(world.OnHand("milk") == -1);
}

TEST_CASE("a document that comes twice moves on-hand once", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  const auto again = world.Feed("erp 1 receipt 08:00 milk 10");
  CHECK(again.duplicate);
  CHECK(again.reject == RejectReason::kNone);
  CHECK(world.touched.empty());
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("the same sequence of another source is another document", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  CHECK_FALSE(world.Feed("pos 1 sale 08:30 milk -1").duplicate);
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("documents above a gap are applied at once", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  CHECK(world.Feed("erp 3 sale 09:00 milk -1").opened_gap);
  CHECK(world.OnHand("milk") == 9);
  world.Feed("erp 2 sale 08:30 milk -2");
  CHECK(world.OnHand("milk") == 7);
}

TEST_CASE("movements of an evidence source never move on-hand", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("scan 1 sale 09:00 milk -4");
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("goods moved from the back room to the shelf leave on-hand alone", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("erp 2 shelf_replenishment 09:00 milk 6");
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("picks never move on-hand", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("pick 1 pick 09:00 milk 3 found 1");
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("an overflowing line is rejected alone", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 bread 4");
  world.Feed(WithMilli("erp 2 receipt 08:10 milk 1", shelf::kQuantityMilliMax));
  const auto result = world.Feed("erp 3 receipt 08:20 milk 1 bread 2");
  CHECK(result.reject == RejectReason::kNone);
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.rejected[0].number == 1);
  CHECK(world.rejected[0].reason == RejectReason::kQuantityOverflow);
  CHECK(world.OnHandMilli("milk") == shelf::kQuantityMilliMax);
  CHECK(world.OnHand("bread") == 6);
}

TEST_CASE("a rejected line is no part of what is re-applied under a count", "[position]") {
  World world;
  world.Feed(WithMilli("erp 1 receipt 08:00 milk 1", shelf::kQuantityMilliMax));
  world.Feed("erp 2 receipt 08:20 milk 5");
  REQUIRE(world.rejected.size() == 1);
  world.Feed("scan 1 count 08:10 milk 3");
  CHECK(world.OnHand("milk") == 3);
}

TEST_CASE("a count that the movements after it would lift over the bound is rejected alone",
          "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 1");
  world.Feed("erp 2 receipt 10:00 milk 5");
  world.Feed(WithMilli("scan 1 count 09:00 milk 1", shelf::kQuantityMilliMax));
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.rejected[0].reason == RejectReason::kQuantityOverflow);
  CHECK(world.OnHand("milk") == 6);
}

TEST_CASE("sums of the largest quantities do not wrap round", "[position]") {
  World world;
  Document sale = WithMilli("erp 1 sale 08:00 milk -1", -shelf::kQuantityMilliMax);
  Document receipt = WithMilli("erp 2 receipt 10:00 milk 1", shelf::kQuantityMilliMax);
  // 2^64 is 18,446.7 of the largest quantities: a sum that wrapped would be small again.
  for (int i = 0; i < 18'447; ++i) {
    world.Feed(sale);
    world.Feed(receipt);
    sale.sequence += 2;
    receipt.sequence += 2;
  }
  world.Feed("scan 1 count 09:00 milk 1");
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.rejected[0].reason == RejectReason::kQuantityOverflow);
  CHECK(world.OnHand("milk") == 0);
}

TEST_CASE("what changed is touched and dirty", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 bread 4");
  CHECK(world.touched.size() == 2);
  CHECK(world.positions.TakeDirty().size() == 2);
  world.Feed("erp 2 heartbeat 09:00");
  CHECK(world.touched.empty());
  CHECK(world.positions.TakeDirty().empty());
}

// Physical counts

TEST_CASE("a count replaces what the documents said", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("scan 1 count 09:00 milk 7");
  CHECK(world.OnHand("milk") == 7);
}

TEST_CASE("a count covers older movements that arrive later", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("scan 1 count 09:00 milk 7");
  world.Feed("erp 2 sale 08:50 milk -2");
  world.Feed("pos 1 sale 08:55 milk -1");
  CHECK(world.OnHand("milk") == 7);
}

TEST_CASE("a movement in the very moment of the count is covered by it", "[position]") {
  World world;
  world.Feed("scan 1 count 09:00 milk 7");
  world.Feed("erp 1 sale 09:00 milk -2");
  CHECK(world.OnHand("milk") == 7);
}

TEST_CASE("movements after a count that were seen before it are re-applied on top", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10
    erp 2 sale 09:10 milk -2
    pos 1 sale 09:20 milk -1
    scan 1 count 09:00 milk 7
  )");
  CHECK(world.OnHand("milk") == 4);
}

TEST_CASE("an older count that arrives after a newer one changes nothing", "[position]") {
  World world;
  world.Feed("scan 1 count 10:00 milk 7");
  world.Feed("scan 2 count 09:00 milk 20");
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.rejected.empty());
}

TEST_CASE("of two counts by one source at one time the later in sequence holds", "[position]") {
  World world;
  world.Feed("scan 1 count 10:00 milk 7");
  world.Feed("scan 2 count 10:00 milk 9");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("a corrected count by one source within two minutes may be higher", "[position]") {
  World world;
  world.Feed("scan 1 count 10:00 milk 7");
  world.Feed("scan 2 count 10:01 milk 9");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("across sources within two minutes the lower holds", "[position]") {
  World world;
  world.Feed("scan 1 count 10:00 milk 7");
  world.Feed("pick 1 count 10:02 milk 9");
  CHECK(world.OnHand("milk") == 7);
  world.Feed("pick 2 count 09:58 milk 5");
  CHECK(world.OnHand("milk") == 5);
}

TEST_CASE("across sources beyond two minutes the later holds", "[position]") {
  World world;
  world.Feed("scan 1 count 10:00 milk 7");
  world.Feed("pick 1 count 10:02:01 milk 9");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("a shelf-only count never moves on-hand", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("scan 1 shelf_count 09:00 milk 2");
  CHECK(world.OnHand("milk") == 10);
  world.Feed("erp 2 sale 08:30 milk -1");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("a count older than the ring of movements is rejected, a younger one is not",
          "[position]") {
  World world(16 * sizeof(shelf::Movement));
  world.Feed("erp 1 receipt 08:00 milk 100");
  for (int i = 2; i <= 17; ++i) {
    world.Feed("erp " + std::to_string(i) + " sale 09:00 milk -1");
  }
  CHECK(world.Feed("scan 1 count 07:59 milk 50").reject == RejectReason::kNone);
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.rejected[0].reason == RejectReason::kCountBeyondHistory);
  CHECK(world.OnHand("milk") == 84);
  world.Feed("scan 2 count 08:30 milk 50");
  CHECK(world.rejected.empty());
  CHECK(world.OnHand("milk") == 34);
}

TEST_CASE("a shelf-only count needs no history", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 100");
  shelf::DropOldMovements(shelf::position_test::At("12:00"), world.store, world.positions);
  world.Feed("scan 1 shelf_count 07:00 milk 3");
  CHECK(world.rejected.empty());
}

// Early sources

TEST_CASE("a till's sale is deducted before the book has it", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 claim 09:00");
  world.Feed("pos 1 sale 09:30 milk -1");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("the same sale through two systems is deducted once", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 claim 09:00");
  world.Feed("pos 1 sale 09:30 milk -1");
  world.Feed("erp 2 sale 09:30 milk -1 claim 10:00");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("until the book promises to have it a sale of both is deducted twice, never less",
          "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 claim 09:00");
  world.Feed("pos 1 sale 09:30 milk -1");
  world.Feed("erp 2 sale 09:30 milk -1");
  CHECK(world.OnHand("milk") == 8);
  world.Feed("erp 3 heartbeat 10:00 claim 09:30");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("an early movement drops out exactly when the book passes it", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("pos 1 sale 09:30 milk -1");
  world.Feed("erp 2 heartbeat 10:00 claim 09:29:59");
  CHECK(world.OnHand("milk") == 9);
  world.Feed("erp 3 heartbeat 10:00 claim 09:30");
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.touched.size() == 1);
}

TEST_CASE("an early movement behind the book's promise never counts", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 claim 09:00");
  world.Feed("pos 1 sale 08:59 milk -1");
  world.Feed("pos 2 sale 09:00 milk -1");
  CHECK(world.OnHand("milk") == 10);
  world.Feed("erp 2 heartbeat 10:00 claim 09:30");
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("early movements that a count covers are not given back when the book passes them",
          "[position]") {
  World world;
  world.Feed(R"(
    erp 1 receipt 08:00 milk 10
    pos 1 sale 09:00 milk -1
    pos 2 sale 09:30 milk -2
    scan 1 count 09:15 milk 9
  )");
  CHECK(world.OnHand("milk") == 7);
  world.Feed("erp 2 heartbeat 10:00 claim 09:10");
  CHECK(world.OnHand("milk") == 7);
  world.Feed("erp 3 heartbeat 10:00 claim 09:45");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("an early movement that the book has passed is not re-applied under an older count",
          "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("pos 1 sale 09:30 milk -1");
  world.Feed("erp 2 heartbeat 10:00 claim 09:30");
  world.Feed("scan 1 count 09:00 milk 6");
  CHECK(world.OnHand("milk") == 6);
}

TEST_CASE("promises above a gap of the book let no early movement drop out", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 claim 09:00");
  world.Feed("pos 1 sale 09:30 milk -1");
  world.Feed("erp 3 heartbeat 10:00 claim 09:45");
  CHECK(world.OnHand("milk") == 9);
  world.Feed("erp 2 sale 09:30 milk -1");
  CHECK(world.OnHand("milk") == 9);
}

TEST_CASE("early movements that never drop out do not gather beyond the ring", "[position]") {
  World world(16 * sizeof(shelf::Movement));
  for (int i = 1; i <= 1000; ++i) world.Feed("pos " + std::to_string(i) + " sale 09:00 milk -1");
  CHECK(world.OnHand("milk") == -1000);
  CHECK(world.store.early.size() <= 32);
}

// Nil picks

TEST_CASE("a nil pick is remembered until something newer is seen there", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("pick 1 pick 09:00 milk 1 found 0");
  CHECK(world.HasNilPick("milk"));
  SECTION("a sale") { world.Feed("pos 1 sale 09:30 milk -1"); }
  SECTION("a receipt") { world.Feed("erp 2 receipt 09:30 milk 5"); }
  SECTION("a count") { world.Feed("scan 1 count 09:30 milk 5"); }
  SECTION("a count on the shelf") { world.Feed("scan 1 shelf_count 09:30 milk 1"); }
  SECTION("goods brought to the shelf") { world.Feed("erp 2 shelf_replenishment 09:30 milk 5"); }
  SECTION("a pick that found it") { world.Feed("pick 2 pick 09:30 milk 1 found 1"); }
  CHECK_FALSE(world.HasNilPick("milk"));
  CHECK(world.store.nil_picks.empty());
}

TEST_CASE("what is no sight of the goods leaves a nil pick in force", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("pick 1 pick 09:00 milk 1 found 0");
  SECTION("an older sale") { world.Feed("pos 1 sale 08:59 milk -1"); }
  SECTION("an adjustment") { world.Feed("erp 2 adjustment 09:30 milk -1"); }
  SECTION("an empty shelf") { world.Feed("scan 1 shelf_count 09:30 milk 0"); }
  SECTION("a line of the book's list") { world.Feed("erp 2 chunk 10:00 L1 milk 10"); }
  CHECK(world.HasNilPick("milk"));
}

TEST_CASE("a nil pick that arrives after newer evidence says nothing", "[position]") {
  World world;
  world.Feed("pos 1 sale 09:30 milk -1");
  world.Feed("pick 1 pick 09:00 milk 1 found 0");
  CHECK_FALSE(world.HasNilPick("milk"));
}

TEST_CASE("a partial find is a nil pick of the rest", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10");
  world.Feed("pick 1 pick 09:00 milk 3 found 1");
  CHECK(world.HasNilPick("milk"));
}

// Refusals

TEST_CASE("a refused body still consumes its sequence", "[position]") {
  World world;
  world.Feed("erp 1 receipt 08:00 milk 10 claim 08:00");
  Document bad = Parse("erp 2 sale 09:00 milk -1 claim 09:00");
  bad.decoded = RejectReason::kUnknownBody;
  CHECK(world.Feed(bad).reject == RejectReason::kUnknownBody);
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.complete_through() == shelf::position_test::At("08:00"));
  CHECK_FALSE(world.Feed("erp 3 heartbeat 09:30 claim 09:30").opened_gap);
  CHECK(world.complete_through() == shelf::position_test::At("09:30"));
  CHECK(world.Feed("erp 2 sale 09:00 milk -1").duplicate);
}

TEST_CASE("event times and promises up to five minutes ahead hold, beyond they are refused",
          "[position]") {
  World world;
  world.Tick("10:00");
  CHECK(world.Feed("erp 1 receipt 10:05 milk 1").reject == RejectReason::kNone);
  CHECK(world.Feed("erp 2 receipt 10:05:01 milk 1").reject == RejectReason::kFutureTime);
  CHECK(world.Feed("erp 3 heartbeat 10:00 claim 10:05").reject == RejectReason::kNone);
  CHECK(world.Feed("erp 4 heartbeat 10:00 claim 10:05:01").reject == RejectReason::kFutureTime);
  CHECK(world.OnHand("milk") == 1);
  CHECK(world.complete_through() == shelf::position_test::At("10:05"));
  CHECK_FALSE(world.store.frozen());
}

TEST_CASE("the record's own timestamp counts when it is later than the last tick", "[position]") {
  World world;
  world.Tick("10:00");
  world.RecordTime(shelf::position_test::At("11:00"));
  CHECK(world.Feed("erp 1 receipt 11:05 milk 1").reject == RejectReason::kNone);
  CHECK(world.Feed("erp 2 receipt 11:06 milk 1").reject == RejectReason::kFutureTime);
}

TEST_CASE("before the first tick nothing is refused as future", "[position]") {
  World world;
  world.RecordTime(shelf::position_test::At("01:00"));
  CHECK(world.Feed("erp 1 receipt 23:00 milk 1 claim 23:00").reject == RejectReason::kNone);
  CHECK(world.OnHand("milk") == 1);
}
