// What a Reserve holds, also said again, and how many there may be.
#include "position/reservations.h"

#include <string>
#include <vector>

#include "position/support.h"
#include "support/catch.h"

using shelf::Position;
using shelf::RejectReason;
using shelf::position_test::World;

namespace {

// Ten of milk and of bread by a count.
void Stock(World& world) { world.Feed("scan 1 count 08:00 milk 10 bread 10"); }

}  // namespace

TEST_CASE("a reservation holds units and leaves on-hand alone", "[position]") {
  World world;
  Stock(world);
  world.Feed("oms 1 reserve 10:00 R1 milk 3");
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.Held("milk") == 3);
  CHECK(world.Held("bread") == 0);
  CHECK(world.PositionOf("milk").Has(Position::kReserved));
  CHECK_FALSE(world.PositionOf("bread").Has(Position::kReserved));
}

TEST_CASE("only the positions whose reserved quantity changes are touched", "[position]") {
  World world;
  Stock(world);
  world.Feed("oms 1 reserve 10:00 R1 milk 3 bread 1");
  CHECK(world.Touched() == std::vector<std::string>{"milk", "bread"});
  world.Feed("pos 1 return 10:30 eggs 1 settles R1 part");
  CHECK(world.Touched() == std::vector<std::string>{"eggs"});
}

TEST_CASE("reservations add up, and each of a document's lines of one SKU counts", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3 milk 1
    oms 2 reserve 10:01 R2 milk 2
  )");
  CHECK(world.Held("milk") == 6);
}

TEST_CASE("a reservation of a SKU that was never heard of makes its position", "[position]") {
  World world;
  world.Feed("oms 1 reserve 10:00 R1 caviar 2");
  REQUIRE(world.Knows("caviar"));
  CHECK(world.OnHand("caviar") == 0);
  CHECK(world.Held("caviar") == 2);
}

TEST_CASE("reserving more than there is is accepted and told", "[position]") {
  World world;
  Stock(world);
  CHECK_FALSE(world.Feed("oms 1 reserve 10:00 R1 milk 10").reserved_beyond);
  const auto result = world.Feed("oms 2 reserve 10:01 R2 milk 1");
  CHECK(result.reject == RejectReason::kNone);
  CHECK(result.reserved_beyond);
  CHECK(world.Held("milk") == 11);
}

TEST_CASE("what a channel has reserved itself can be told apart", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3 channel web
    oms 2 reserve 10:01 R2 milk 2 channel app
    oms 3 reserve 10:02 R3 milk 1
  )");
  CHECK(world.HeldByOthers("milk", "web") == 3);
  CHECK(world.HeldByOthers("milk", "app") == 4);
  CHECK(world.HeldByOthers("milk", "market") == 6);
}

TEST_CASE("a channel of a name that no rules file has is held as any", "[position]") {
  World world;
  Stock(world);
  world.Feed("oms 1 reserve 10:00 R1 milk 3 channel the-corner-shop's-own");
  CHECK(world.Held("milk") == 3);
}

TEST_CASE("quantities near the end of the range neither overflow nor go negative", "[position]") {
  World world;
  auto huge = shelf::position_test::Parse("oms 1 reserve 10:00 R milk 1 milk 1 milk 1");
  for (auto& line : huge.lines) line.quantity_milli = shelf::kQuantityMilliMax;
  for (uint64_t n = 1; n <= 20; ++n) {
    huge.sequence = n;
    huge.list = "R" + std::to_string(n);
    world.Feed(huge);
  }
  CHECK(world.Held("milk") == shelf::kDocumentSumMilliMax / 1000);
  world.Tick("10:00");
  for (uint64_t n = 1; n <= 20; ++n) {
    world.Feed("oms " + std::to_string(20 + n) + " release 10:00 R" + std::to_string(n));
  }
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("the same reservation again replaces the earlier one", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3 bread 1 channel web
    oms 2 reserve 10:05 R1 milk 5 channel app
  )");
  CHECK(world.Held("milk") == 5);
  CHECK(world.Held("bread") == 0);
  CHECK(world.HeldByOthers("milk", "app") == 0);
}

TEST_CASE("an older one of the same source that comes late replaces nothing", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 2 reserve 10:05 R1 milk 5
    oms 1 reserve 10:00 R1 milk 3
  )");
  CHECK(world.Held("milk") == 5);
}

TEST_CASE("of two sources the reservation with the later event time holds", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 5 reserve 10:05 R1 milk 5
    pick 9 reserve 10:00 R1 milk 3
  )");
  CHECK(world.Held("milk") == 5);
  world.Feed("scan 2 reserve 10:10 R1 milk 4");
  CHECK(world.Held("milk") == 4);
}

TEST_CASE("without reservations nothing is due", "[position]") {
  World world;
  Stock(world);
  CHECK(world.store.orders_due() == shelf::kNever);
  CHECK(world.store.reservations.bytes() == 0);
}

TEST_CASE("a store has a bounded number of reservations; sales go through all the same",
          "[position]") {
  World world;
  world.Tick("10:00");
  auto order = shelf::position_test::Parse("oms 1 reserve 09:50 R milk 1");
  for (; order.sequence <= shelf::kDocumentsMax; ++order.sequence) {
    order.list = "R" + std::to_string(order.sequence);
    world.Feed(order);
  }
  order.list = "one more";
  CHECK(world.Feed(order).reject == shelf::RejectReason::kTooManyDocuments);
  CHECK(world.Held("milk") == shelf::kDocumentsMax);
  CHECK(world.Feed("oms 100002 release 10:00 other").reject ==
        shelf::RejectReason::kTooManyDocuments);
  world.Feed("pos 1 sale 10:00 milk -1 settles other");
  CHECK(world.OnHand("milk") == -1);
  world.Feed("pos 2 sale 10:00 milk -1 settles R7");
  CHECK(world.Held("milk") == shelf::kDocumentsMax - 1);
  CHECK(world.store.reservations.bytes() > shelf::kDocumentsMax * sizeof(shelf::Reservation));
  world.TickAfter(3 * 24 * 60);
  CHECK(world.store.reservations.by_name().empty());
  CHECK(world.store.reservations.bytes() < shelf::kDocumentsMax);
}
