#include "position/expected.h"

#include "position/support.h"
#include "support/catch.h"

using shelf::kExpectedAheadMsMax;
using shelf::kExpectedKeptMs;
using shelf::kExpectedMarkerMs;
using shelf::RejectReason;
using shelf::position_test::At;
using shelf::position_test::kMinuteMs;
using shelf::position_test::World;

namespace {

bool Knows(const World& world, std::string_view document) {
  const auto& all = world.store.expected.by_name();
  return all.find(document) != all.end();
}

void TickAt(World& world, std::string_view clock, int64_t later_ms) {
  world.Tick(shelf::EventTime{At(clock).ms + later_ms});
}

}  // namespace

TEST_CASE("expected receipts are shown and move nothing", "[position]") {
  World world;
  world.Feed("scan 1 count 08:00 milk 10");
  CHECK(world.Feed("erp 1 expect 08:30 P1 milk 5 bread 2 due 12:00").reject == RejectReason::kNone);
  CHECK(world.OnHand("milk") == 10);
  CHECK(world.OnHand("bread") == 0);
  CHECK(world.Held("milk") == 0);
  CHECK(world.Expected("milk") == 5);
  CHECK(world.Expected("bread") == 2);
}

TEST_CASE("the newest of a document holds, by its source's order", "[position]") {
  World world;
  world.Feed(R"(
    erp 2 expect 09:00 P1 milk 7 due 13:00
    erp 1 expect 08:30 P1 milk 5 due 12:00
  )");
  CHECK(world.Expected("milk") == 7);
  world.Feed("erp 3 expect 09:30 P1 bread 1 due 14:00");
  CHECK(world.Expected("milk") == 0);
  CHECK(world.Expected("bread") == 1);
}

TEST_CASE("without lines the document is withdrawn, also when an older one comes late",
          "[position]") {
  World world;
  world.Feed(R"(
    erp 1 expect 08:30 P1 milk 5
    erp 3 expect 09:30 P1
    erp 2 expect 09:00 P1 milk 6
  )");
  CHECK(world.Expected("milk") == 0);
}

TEST_CASE("documents of several names add up", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 expect 08:30 P1 milk 5 milk 1
    erp 2 expect 08:31 P2 milk 2
  )");
  CHECK(world.Expected("milk") == 8);
}

TEST_CASE("a receipt that names the document closes it", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 expect 08:30 P1 milk 5
    erp 2 receipt 12:00 milk 4 closes P1
  )");
  CHECK(world.OnHand("milk") == 4);
  CHECK(world.Expected("milk") == 0);
}

TEST_CASE("an announcement that comes after its receipt shows nothing", "[position]") {
  World world;
  world.Feed(R"(
    erp 2 receipt 12:00 milk 4 closes P1
    erp 1 expect 08:30 P1 milk 5
  )");
  CHECK(world.Expected("milk") == 0);
}

TEST_CASE("the rest of a delivery is announced under the same name", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 expect 08:30 P1 milk 5
    erp 2 receipt 12:00 milk 4 closes P1
    erp 3 expect 12:10 P1 milk 1
  )");
  CHECK(world.Expected("milk") == 1);
}

TEST_CASE("between two sources the event time tells whether a receipt closes", "[position]") {
  World world;
  world.Feed(R"(
    erp 1 expect 12:10 P1 milk 1
    scan 1 receipt 12:00 milk 4 closes P1
  )");
  CHECK(world.Expected("milk") == 1);
  world.Feed("scan 2 receipt 12:20 milk 1 closes P1");
  CHECK(world.Expected("milk") == 0);
}

TEST_CASE("what nobody closes is dropped a fixed time after it was due", "[position]") {
  World world;
  world.Feed("erp 1 expect 08:30 P1 milk 5 due 12:00");
  TickAt(world, "12:00", kExpectedKeptMs - 1);
  CHECK(world.Expected("milk") == 5);
  TickAt(world, "12:00", kExpectedKeptMs);
  CHECK(world.Expected("milk") == 0);
  CHECK_FALSE(Knows(world, "P1"));
  CHECK(world.store.orders_due() == shelf::kNever);
}

TEST_CASE("a document that is due in a thousand years is dropped all the same", "[position]") {
  World world;
  auto expect = shelf::position_test::Parse("erp 1 expect 08:30 P1 milk 5");
  expect.due_or_expiry.ms = INT64_MAX;
  world.Feed(expect);
  TickAt(world, "08:30", kExpectedAheadMsMax + kExpectedKeptMs);
  CHECK_FALSE(Knows(world, "P1"));
}

TEST_CASE("a withdrawn document is remembered for a week of partition time", "[position]") {
  World world;
  world.Tick("13:00");
  world.Feed(R"(
    erp 1 expect 08:30 P1 milk 5 due 12:00
    erp 2 expect 12:00 P1
  )");
  TickAt(world, "13:00", kExpectedMarkerMs);
  CHECK_FALSE(Knows(world, "P1"));
}

TEST_CASE("a closed document is remembered for a week of partition time", "[position]") {
  World world;
  world.Tick("13:00");
  world.Feed(R"(
    erp 1 expect 08:30 P1 milk 5 due 12:00
    erp 2 receipt 12:00 milk 4 closes P1
  )");
  TickAt(world, "13:00", kExpectedMarkerMs - kMinuteMs);
  CHECK(Knows(world, "P1"));
  TickAt(world, "13:00", kExpectedMarkerMs);
  CHECK_FALSE(Knows(world, "P1"));
}

TEST_CASE("an older receipt that comes late does not open what a newer one closed", "[position]") {
  World world;
  world.Tick("08:00");
  world.Feed(R"(
    erp 1 expect 08:00 P1 milk 9
    erp 4 receipt 08:04 milk 9 closes P1
    erp 2 receipt 08:02 milk 1 closes P1
    erp 3 expect 08:03 P1 milk 9
  )");
  CHECK(world.Expected("milk") == 0);
}

TEST_CASE("a store has a bounded number of expected documents", "[position]") {
  World world;
  world.Tick("08:00");
  auto order = shelf::position_test::Parse("erp 1 expect 08:00 P milk 9");
  for (; order.sequence <= shelf::kDocumentsMax; ++order.sequence) {
    order.list = "P" + std::to_string(order.sequence);
    world.Feed(order);
  }
  order.list = "one more";
  CHECK(world.Feed(order).reject == shelf::RejectReason::kTooManyDocuments);
  ++order.sequence;
  order.list = "P7";
  CHECK(world.Feed(order).reject == shelf::RejectReason::kNone);
  const size_t bytes = world.store.expected.bytes();
  CHECK(bytes > shelf::kDocumentsMax * sizeof(shelf::ExpectedDocument));
  world.TickAfter(200 * 24 * 60);
  CHECK(world.store.expected.bytes() == 0);
}
