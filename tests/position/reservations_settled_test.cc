// How documents end what a reservation holds: by settling it, whole or in part, and by releasing
// it.
#include <string>
#include <utility>
#include <vector>

#include "position/support.h"
#include "support/catch.h"

using shelf::Position;
using shelf::position_test::World;

namespace {

// Ten of milk and of bread by a count.
void Stock(World& world) { world.Feed("scan 1 count 08:00 milk 10 bread 10"); }

}  // namespace

TEST_CASE("a document that names the reservation deducts and releases in one step", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    pos 1 sale 11:00 milk -3 settles R1
  )");
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("settling releases all of it, whatever was taken", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3 bread 2
    pos 1 sale 11:00 milk -1 settles R1
  )");
  CHECK(world.OnHand("milk") == 9);
  CHECK(world.Held("milk") == 0);
  CHECK(world.Held("bread") == 0);
}

TEST_CASE("a source whose movements never move on-hand settles too", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    oms 2 sale 11:00 milk -3 settles R1
  )");
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("the same sale through till and book settles once", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    pos 1 sale 11:00 milk -3 settles R1
    erp 1 sale 11:00 milk -3 settles R1 claim 11:00
  )");
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("settled in part, only that document's quantities are released", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3 bread 2
    pos 1 sale 11:00 milk -1 settles R1 part
  )");
  CHECK(world.Held("milk") == 2);
  CHECK(world.Held("bread") == 2);
  world.Feed("pos 2 sale 11:10 milk -5 settles R1 part");
  CHECK(world.Held("milk") == 0);
  CHECK(world.Held("bread") == 2);
  world.Feed("pos 3 sale 11:20 bread -1 settles R1");
  CHECK(world.Held("bread") == 0);
}

TEST_CASE("a partial settlement through till and book is one", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    pos 1 sale 11:00 milk -1 settles R1 part
    erp 1 sale 11:00 milk -1 settles R1 part claim 11:00
  )");
  CHECK(world.OnHand("milk") == 9);
  CHECK(world.Held("milk") == 2);
}

TEST_CASE("what comes back in the same document releases nothing", "[position]") {
  World world;
  Stock(world);
  world.Feed("oms 1 reserve 10:00 R1 milk 3");
  world.Feed("pos 1 return 11:00 milk 2 settles R1 part");
  CHECK(world.Held("milk") == 3);
  world.Feed("pos 2 sale 11:10 milk -2 milk 1 settles R1 part");
  CHECK(world.Held("milk") == 1);
}

TEST_CASE("a line that was refused settles nothing in part", "[position]") {
  World world;
  world.Feed("oms 1 reserve 10:00 R1 milk 3 bread 3");
  auto emptied = shelf::position_test::Parse("erp 1 sale 10:30 milk -1");
  emptied.lines[0].quantity_milli = -shelf::kQuantityMilliMax;
  world.Feed(emptied);
  world.Feed("erp 2 sale 11:00 milk -1 bread -1 settles R1 part");
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.Held("milk") == 3);
  CHECK(world.Held("bread") == 2);
}

TEST_CASE("an amended reservation is still less what was settled of it", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    pos 1 sale 11:00 milk -2 settles R1 part
    oms 2 reserve 11:30 R1 milk 6
  )");
  CHECK(world.Held("milk") == 4);
}

TEST_CASE("a pick that names a reservation neither moves on-hand nor releases", "[position]") {
  World world;
  Stock(world);
  world.Feed("oms 1 reserve 10:00 R1 milk 3");
  auto pick = shelf::position_test::Parse("pick 1 pick 10:30 milk 3 found 3");
  pick.list = "R1";
  world.Feed(pick);
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.Held("milk") == 3);
}

TEST_CASE("a partial settlement that a new epoch sends again counts once", "[position]") {
  World world;
  world.Tick("10:00");
  world.Feed(R"(
    oms 1 reserve 09:50 R1 milk 5
    pos 1 sale 09:52 milk -2 settles R1 part
    pos@2 1 sale 09:52 milk -2 settles R1 part
  )");
  CHECK(world.Held("milk") == 3);
}

TEST_CASE("a release frees what was held", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    oms 2 release 10:10 R1
  )");
  CHECK(world.Held("milk") == 0);
  CHECK_FALSE(world.PositionOf("milk").Has(Position::kReserved));
  CHECK(world.Touched() == std::vector<std::string>{"milk"});
}

TEST_CASE("after a release the same source may reserve again by the same name", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    oms 2 release 10:10 R1
    oms 3 reserve 10:20 R1 milk 2
  )");
  CHECK(world.Held("milk") == 2);
}

TEST_CASE("reserved again, it is whole: what was settled before the release is past",
          "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    pos 1 sale 10:05 milk -1 settles R1 part
    oms 2 release 10:10 R1
    pos 2 sale 10:06 milk -1 settles R1 part
    oms 3 reserve 10:20 R1 milk 2
  )");
  CHECK(world.Held("milk") == 2);
}

TEST_CASE("of two releases the newer counts, whichever comes first", "[position]") {
  const std::string older = "oms 2 release 10:10 R1";
  const std::string newer = "oms 4 release 10:30 R1";
  for (const auto& [first, second] : {std::pair(older, newer), std::pair(newer, older)}) {
    World world;
    Stock(world);
    world.Feed(first);
    world.Feed(second);
    world.Feed("oms 3 reserve 10:20 R1 milk 2");
    CHECK(world.Held("milk") == 0);
    world.Feed("oms 5 reserve 10:40 R1 milk 2");
    CHECK(world.Held("milk") == 2);
  }
}

TEST_CASE("what two sources have closed is not reserved again, whichever came first",
          "[position]") {
  const std::string release = "oms 2 release 10:10 R1";
  const std::string sale = "pos 1 sale 10:15 milk -1 settles R1";
  for (const auto& [first, second] : {std::pair(release, sale), std::pair(sale, release)}) {
    World world;
    Stock(world);
    world.Feed(first);
    world.Feed(second);
    world.Feed("oms 3 reserve 10:20 R1 milk 2");
    CHECK(world.Held("milk") == 0);
  }
}

TEST_CASE("a release that its source wrote before the reservation does not free it", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 3 reserve 10:20 R1 milk 2
    oms 2 release 10:10 R1
  )");
  CHECK(world.Held("milk") == 2);
}
