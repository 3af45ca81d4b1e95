#include "position/reservations.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "position/support.h"
#include "support/catch.h"

using shelf::PartitionTime;
using shelf::Position;
using shelf::RejectReason;
using shelf::position_test::At;
using shelf::position_test::World;

namespace {

constexpr int64_t kDayMinutes = 24 * 60;

// Ten of milk by a count.
void Stock(World& world) { world.Feed("scan 1 count 08:00 milk 10 bread 10"); }

bool Knows(const World& world, std::string_view id) {
  return world.store.reservations.Find(id) != nullptr;
}

}  // namespace

// Holding

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

// The same id again

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

// Settling

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

// Releasing

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

// What comes before its reservation

TEST_CASE("a reservation that comes after its settlement is void", "[position]") {
  World world;
  Stock(world);
  world.Tick("11:00");
  world.Feed("pos 1 sale 11:00 milk -3 settles R1");
  CHECK_FALSE(world.Feed("oms 1 reserve 10:00 R1 milk 3").reserved_beyond);
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("a reservation that comes after its release is void", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 2 release 10:10 R1
    oms 1 reserve 10:00 R1 milk 3
  )");
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("partial settlements that come first add up and reduce the reservation", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    pos 1 sale 11:00 milk -1 settles R1 part
    pos 2 sale 11:05 milk -1 bread -1 settles R1 part
    oms 1 reserve 10:00 R1 milk 5 bread 1
  )");
  CHECK(world.Held("milk") == 3);
  CHECK(world.Held("bread") == 0);
}

TEST_CASE("a settled reservation that a new epoch sends again does not hold again", "[position]") {
  World world;
  Stock(world);
  world.Tick("12:00");
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    pos 1 sale 11:00 milk -3 settles R1
    oms@2 9 reserve 10:00 R1 milk 3
  )");
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("one that its own source settled holds no more in a new epoch either", "[position]") {
  World world;
  Stock(world);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    oms 2 release 10:10 R1
    oms@2 9 reserve 10:00 R1 milk 3
  )");
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("a marker is forgotten after a day of partition time", "[position]") {
  World world;
  Stock(world);
  world.TickAfter(11 * 60);
  world.Feed("pos 1 sale 10:00 milk -3 settles R1");
  world.TickAfter(11 * 60 + kDayMinutes - 1);
  CHECK(Knows(world, "R1"));
  world.TickAfter(11 * 60 + kDayMinutes);
  CHECK_FALSE(Knows(world, "R1"));
  CHECK(world.store.reservations.due() == shelf::kNever);
}

TEST_CASE("every order of arrival ends with the same quantity held", "[position]") {
  const std::vector<std::string> documents = {
      "oms 1 reserve 10:00 R1 milk 5 channel web",
      "oms 2 reserve 10:30 R1 milk 7 bread 2 channel app",
      "pos 1 sale 10:40 milk -2 settles R1 part",
      "pos 2 sale 10:45 milk -1 bread -1 settles R1 part",
      "erp 1 sale 10:40 milk -2 settles R1 part",
  };
  const auto held = [](World& world, std::vector<std::string> order, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::shuffle(order.begin(), order.end(), random);
    for (const std::string& document : order) world.Feed(document);
    return std::pair(world.Held("milk"), world.Held("bread"));
  };
  for (uint64_t seed = 0; seed < 60; ++seed) {
    World open;
    CHECK(held(open, documents, seed) == std::pair<int64_t, int64_t>(4, 1));
    std::vector<std::string> with_end = documents;
    with_end.emplace_back("erp 2 sale 10:50 milk -4 settles R1");
    World closed;
    CHECK(held(closed, with_end, seed) == std::pair<int64_t, int64_t>(0, 0));
  }
}

// Expiring

TEST_CASE("it expires when the watermark reaches its instant, not before", "[position]") {
  World world;
  Stock(world);
  world.Tick("12:00");
  world.Feed("oms 1 reserve 10:00 R1 milk 3 until 11:00");
  world.Feed("erp 1 heartbeat 10:59 claim 10:59:59");
  CHECK(world.Held("milk") == 3);
  world.Feed("erp 2 heartbeat 11:00 claim 11:00");
  CHECK(world.Held("milk") == 0);
  CHECK(world.Touched() == std::vector<std::string>{"milk"});
}

TEST_CASE("a reservation whose instant the watermark has passed holds nothing", "[position]") {
  World world;
  Stock(world);
  world.Tick("12:00");
  world.Feed("erp 1 heartbeat 11:30 claim 11:30");
  world.Feed("oms 1 reserve 10:00 R1 milk 3 until 11:00");
  CHECK(world.Held("milk") == 0);
  world.Feed("oms 2 reserve 11:40 R1 milk 3 until 12:30");
  CHECK(world.Held("milk") == 3);
}

TEST_CASE("time alone ends a reservation a day after its event time", "[position]") {
  World world;
  Stock(world);
  world.TickAfter(10 * 60);
  world.Feed("oms 1 reserve 10:00 R1 milk 3 bread 1");
  CHECK(world.store.reservations.due() == PartitionTime{At("10:00").ms + shelf::kMaxHoldMs});
  world.TickAfter(10 * 60 + kDayMinutes - 1);
  CHECK(world.Held("milk") == 3);
  world.TickAfter(10 * 60 + kDayMinutes);
  CHECK(world.Held("milk") == 0);
  CHECK(world.Touched() == std::vector<std::string>{"milk", "bread"});
  CHECK_FALSE(Knows(world, "R1"));
}

TEST_CASE("a reservation sent again holds for a day from then", "[position]") {
  World world;
  Stock(world);
  world.TickAfter(20 * 60);
  world.Feed(R"(
    oms 1 reserve 10:00 R1 milk 3
    oms 2 reserve 20:00 R1 milk 3
  )");
  world.TickAfter(12 * 60 + kDayMinutes);
  CHECK(world.Held("milk") == 3);
  world.TickAfter(20 * 60 + kDayMinutes);
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("before the first tick nothing expires; with it, what is old does", "[position]") {
  World world;
  Stock(world);
  world.Feed("oms 1 reserve 10:00 R1 milk 3");
  CHECK(world.Held("milk") == 3);
  world.TickAfter(10 * 60 + 3 * kDayMinutes);
  CHECK(world.Held("milk") == 0);
}

TEST_CASE("one that comes more than a day late holds nothing", "[position]") {
  World world;
  Stock(world);
  world.TickAfter(11 * 60 + kDayMinutes);
  world.Feed("oms 1 reserve 10:00 R1 milk 3");
  CHECK(world.Held("milk") == 0);
  world.TickAfter(11 * 60 + kDayMinutes + 1);
  CHECK_FALSE(Knows(world, "R1"));
}

TEST_CASE("an event time at the end of the range is as good as never", "[position]") {
  World world;
  Stock(world);
  auto reserve = shelf::position_test::Parse("oms 1 reserve 10:00 R1 milk 3");
  reserve.time.ms = INT64_MAX;
  world.Feed(reserve);
  world.TickAfter(0);
  CHECK(world.Held("milk") == 3);
}

TEST_CASE("without reservations nothing is due", "[position]") {
  World world;
  Stock(world);
  CHECK(world.store.orders_due() == shelf::kNever);
  CHECK(world.store.reservations.bytes() == 0);
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
  CHECK(world.store.reservations.by_id().empty());
  CHECK(world.store.reservations.bytes() < shelf::kDocumentsMax);
}
