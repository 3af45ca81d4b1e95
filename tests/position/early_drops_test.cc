#include "position/early_drops.h"

#include "position/support.h"
#include "support/catch.h"

using shelf::DropOldMovements;
using shelf::Position;
using shelf::position_test::At;
using shelf::position_test::World;

namespace {

// A book complete through 08:00 has 10 of milk; the till sold 2 at 09:00 and 1 at 09:30, and the
// ring has forgotten both.
void SellAndForget(World& world) {
  world.Feed(R"(
    erp 1 begin 08:00 L1 claim 08:00
    erp 2 chunk 08:00 L1 milk 10 claim 08:00
    erp 3 end 08:00 L1 1 claim 08:00
    pos 1 sale 09:00 milk -2
    pos 2 sale 09:30 milk -1
  )");
  CHECK(DropOldMovements(At("10:00"), world.store, world.positions));
  REQUIRE(world.store.ring.size() == 0);
  REQUIRE(world.OnHand("milk") == 7);
}

}  // namespace

TEST_CASE("a till's sale that the ring forgot drops out when the book passes it", "[position]") {
  World world;
  SellAndForget(world);
  CHECK(world.PositionOf("milk").Has(Position::kEarlyDropped));
  world.Feed("erp 4 sale 09:00 milk -2");
  world.Feed("erp 5 sale 09:30 milk -1 claim 10:00");
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.touched.size() == 2);
  CHECK_FALSE(world.PositionOf("milk").Has(Position::kEarlyDropped));
  CHECK(world.store.early_drops.empty());
}

TEST_CASE("a forgotten sale also drops out when the ring overflowed", "[position]") {
  World world(16 * sizeof(shelf::Movement));
  for (int i = 1; i <= 40; ++i) {
    shelf::position_test::Document sale = shelf::position_test::Parse("pos 1 sale 09:00 milk -1");
    sale.sequence = static_cast<uint64_t>(i);
    world.Feed(sale);
  }
  CHECK(world.store.ring.size() == 16);
  CHECK(world.store.early_drops.size() == 1);
  CHECK(world.OnHand("milk") == -40);
  world.Feed("erp 1 heartbeat 10:00 claim 09:30");
  CHECK(world.OnHand("milk") == 0);
}

TEST_CASE("while the book has passed only a part all of it stays deducted", "[position]") {
  World world;
  SellAndForget(world);
  world.Feed("erp 4 heartbeat 10:00 claim 09:15");
  CHECK(world.OnHand("milk") == 7);
  world.Feed("erp 5 heartbeat 10:00 claim 09:30");
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("a list before the forgotten sales leaves them on top, one after them covers them",
          "[position]") {
  World world;
  SellAndForget(world);
  world.Feed("erp 4 chunk 09:00 L2 milk 20 claim 08:30");
  CHECK(world.OnHand("milk") == 17);
  CHECK(world.PositionOf("milk").Has(Position::kEarlyDropped));
  world.Feed("erp 5 chunk 10:00 L3 milk 20 claim 10:00");
  CHECK(world.OnHand("milk") == 20);
  CHECK_FALSE(world.PositionOf("milk").Has(Position::kEarlyDropped));
  world.Feed("erp 6 heartbeat 11:00 claim 11:00");
  CHECK(world.OnHand("milk") == 20);
}

TEST_CASE("a count covers the forgotten sales", "[position]") {
  World world;
  SellAndForget(world);
  world.Feed("scan 1 count 10:30 milk 6");
  CHECK(world.store.early_drops.empty());
  world.Feed("erp 4 heartbeat 11:00 claim 11:00");
  CHECK(world.OnHand("milk") == 6);
}

TEST_CASE("under a held count a forgotten sale leaves the correction when the book passes it",
          "[position]") {
  World world;
  world.store.count_hold = true;
  SellAndForget(world);
  world.Feed("scan 1 count 10:30 milk 6");
  CHECK(world.store.count_holds.begin()->second.correction_milli == -1000);
  world.Feed("erp 4 heartbeat 10:40 claim 10:00");
  CHECK(world.OnHand("milk") == 6);
  CHECK(world.store.count_holds.begin()->second.correction_milli == -4000);
  CHECK(world.store.early_drops.empty());
}

TEST_CASE("what does not count any more is not kept when the ring forgets it", "[position]") {
  World world;
  world.Feed("pos 1 sale 09:00 milk -2");
  world.Feed("scan 1 count 09:30 milk 6");
  world.Feed("erp 1 receipt 09:45 milk 1");
  CHECK(DropOldMovements(At("10:00"), world.store, world.positions));
  CHECK(world.store.early_drops.empty());
}
