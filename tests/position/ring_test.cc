#include "position/ring.h"

#include <cstdint>

#include "position/early_drops.h"
#include "position/store_state.h"
#include "support/catch.h"

using shelf::DropOldMovements;
using shelf::EventTime;
using shelf::kBeforeAllTime;
using shelf::Movement;
using shelf::MovementRing;
using shelf::PositionTable;
using shelf::StoreId;
using shelf::StoreState;

namespace {

constexpr size_t kSixteen = 16 * sizeof(Movement);

Movement At(int64_t time_ms) {
  Movement movement;
  movement.time_ms = time_ms;
  return movement;
}

void PushThrough(MovementRing& ring, int64_t first_ms, int64_t last_ms) {
  for (int64_t ms = first_ms; ms <= last_ms; ++ms) ring.Push(At(ms));
}

}  // namespace

TEST_CASE("movements are numbered from one in order of arrival", "[position]") {
  MovementRing ring;
  CHECK(ring.next() == 1);
  CHECK(ring.Push(At(500)) == 1);
  CHECK(ring.Push(At(100)) == 2);
  CHECK(ring.first() == 1);
  CHECK(ring.At(1).time_ms == 500);
  CHECK(ring.At(2).time_ms == 100);
}

TEST_CASE("an empty ring holds nothing", "[position]") {
  const MovementRing ring;
  CHECK_FALSE(ring.Holds(0));
  CHECK_FALSE(ring.Holds(1));
  CHECK(ring.complete_after() == kBeforeAllTime);
}

TEST_CASE("growth keeps every movement under its number", "[position]") {
  MovementRing ring;
  PushThrough(ring, 1, 1000);
  REQUIRE(ring.size() == 1000);
  for (uint32_t number = 1; number <= 1000; ++number) {
    REQUIRE(ring.Holds(number));
    REQUIRE(ring.At(number).time_ms == number);
  }
  CHECK_FALSE(ring.Holds(0));
  CHECK_FALSE(ring.Holds(1001));
  CHECK(ring.complete_after() == kBeforeAllTime);
}

TEST_CASE("growth after the oldest were dropped keeps the numbers", "[position]") {
  MovementRing ring;
  PushThrough(ring, 1, 7);
  for (int i = 0; i < 5; ++i) ring.DropFirst();
  PushThrough(ring, 8, 40);
  CHECK(ring.first() == 6);
  for (uint32_t number = 6; number <= 40; ++number) REQUIRE(ring.At(number).time_ms == number);
}

TEST_CASE("at the byte bound the oldest makes room and the history begins after it", "[position]") {
  MovementRing ring(kSixteen);
  PushThrough(ring, 101, 116);
  CHECK(ring.complete_after() == kBeforeAllTime);
  ring.Push(At(117));
  CHECK(ring.size() == 16);
  CHECK(ring.first() == 2);
  CHECK_FALSE(ring.Holds(1));
  CHECK(ring.complete_after() == EventTime{101});
  CHECK(ring.bytes() <= kSixteen);
}

TEST_CASE("the history's beginning is the youngest ever dropped, not the last", "[position]") {
  MovementRing ring(kSixteen);
  ring.Push(At(900));
  ring.Push(At(100));
  PushThrough(ring, 901, 916);
  CHECK(ring.complete_after() == EventTime{900});
}

TEST_CASE("a byte bound below sixteen movements is taken as sixteen", "[position]") {
  MovementRing ring(1);
  PushThrough(ring, 1, 17);
  CHECK(ring.size() == 16);
}

TEST_CASE("the age bound drops from the oldest on and stops at the first younger one",
          "[position]") {
  StoreState store(StoreId(0), 4096);
  PositionTable positions(0);
  MovementRing& ring = store.ring;
  for (const int64_t ms : {100, 200, 500, 150}) ring.Push(At(ms));
  CHECK(DropOldMovements(EventTime{300}, store, positions));
  CHECK(ring.first() == 3);
  CHECK(ring.size() == 2);
  CHECK(ring.At(4).time_ms == 150);
  CHECK(ring.complete_after() == EventTime{200});
}

TEST_CASE("a movement exactly at the horizon is kept", "[position]") {
  StoreState store(StoreId(0), 4096);
  PositionTable positions(0);
  store.ring.Push(At(300));
  CHECK_FALSE(DropOldMovements(EventTime{300}, store, positions));
  CHECK(store.ring.Holds(1));
}

TEST_CASE("a ring may be emptied by age and go on", "[position]") {
  StoreState store(StoreId(0), 4096);
  PositionTable positions(0);
  MovementRing& ring = store.ring;
  PushThrough(ring, 1, 5);
  CHECK(DropOldMovements(EventTime{100}, store, positions));
  CHECK(ring.size() == 0);
  CHECK(ring.Push(At(200)) == 6);
  CHECK(ring.At(6).time_ms == 200);
}

TEST_CASE("a restored ring continues the numbers and remembers what it dropped", "[position]") {
  MovementRing ring(kSixteen);
  PushThrough(ring, 1, 40);
  MovementRing restored(kSixteen);
  restored.Restore(ring.first(), ring.complete_after());
  for (uint32_t number = ring.first(); number != ring.next(); ++number) {
    restored.RestorePush(ring.At(number));
  }
  CHECK(restored.first() == ring.first());
  CHECK(restored.next() == ring.next());
  CHECK(restored.complete_after() == ring.complete_after());
  for (uint32_t number = ring.first(); number != ring.next(); ++number) {
    REQUIRE(restored.At(number).time_ms == ring.At(number).time_ms);
  }
}

TEST_CASE("restoring throws away what the ring held", "[position]") {
  MovementRing ring;
  PushThrough(ring, 1, 20);
  ring.Restore(100, EventTime{7});
  CHECK(ring.size() == 0);
  CHECK_FALSE(ring.Holds(20));
  CHECK(ring.Push(At(500)) == 100);
}

TEST_CASE("a full ring takes 32 bytes a movement and not more than its bound", "[position]") {
  constexpr size_t kMovements = 1024;
  MovementRing ring(kMovements * 32);
  PushThrough(ring, 1, 10 * kMovements);
  CHECK(ring.size() == kMovements);
  CHECK(ring.bytes() == kMovements * 32);
}
