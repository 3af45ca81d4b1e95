// Reservations and time: what comes before its Reserve, and what ends of itself.
#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "position/reservations.h"
#include "position/support.h"
#include "support/catch.h"

using shelf::PartitionTime;
using shelf::position_test::At;
using shelf::position_test::World;

namespace {

constexpr int64_t kDayMinutes = 24 * 60;

// Ten of milk and of bread by a count.
void Stock(World& world) { world.Feed("scan 1 count 08:00 milk 10 bread 10"); }

bool Knows(const World& world, std::string_view id) {
  return world.store.reservations.Find(id) != nullptr;
}

}  // namespace

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
