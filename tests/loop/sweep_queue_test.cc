#include "loop/sweep_queue.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// "1v 2v 1 2": in order, with v for those that let only falls out.
std::string Turns(SweepQueue& queue) {
  std::string turns;
  SweepQueue::Turn turn;
  while (queue.NextFirst(turn) || queue.NextLast(turn)) {
    absl::StrAppend(&turns, turns.empty() ? "" : " ", turn.store.value, turn.falls_only ? "v" : "");
  }
  return turns;
}

const StoreId kOne(1), kTwo(2), kThree(3);

}  // namespace

TEST_CASE("the falls of all stores go before any rise", "[loop]") {
  SweepQueue queue;
  queue.Add(kTwo, {});
  queue.AddRising(kThree, {});
  queue.Add(kOne, {});
  CHECK(queue.stores() == 3);
  CHECK(Turns(queue) == "2v 1v 2 3 1");
  CHECK(queue.empty());
}

TEST_CASE("a store that can only fall is evaluated once, in the first pass", "[loop]") {
  SweepQueue queue;
  queue.Add(kOne, {});
  queue.AddFalling(kTwo, {});
  CHECK(Turns(queue) == "1v 2 1");
}

TEST_CASE("a store that falls again after its first pass falls again before the rises", "[loop]") {
  SweepQueue queue;
  queue.Add(kOne, {});
  queue.Add(kTwo, {});
  SweepQueue::Turn turn;
  REQUIRE(queue.NextFirst(turn));
  queue.AddFalling(kOne, {});
  CHECK(Turns(queue) == "2v 1v 1 2");
}

TEST_CASE(
    "a store that was evaluated meanwhile is passed over, and waits once when it is added again",
    "[loop]") {
  SweepQueue queue;
  queue.Add(kOne, {});
  queue.Add(kTwo, {});
  queue.Forget(kOne);
  CHECK(queue.stores() == 1);
  SECTION("passed over") { CHECK(Turns(queue) == "2v 2"); }
  SECTION("added again") {
    queue.Add(kOne, {});
    CHECK(Turns(queue) == "2v 1v 2 1");
  }
}

TEST_CASE("an urgent store goes before those that have waited longer, and keeps its cause for both",
          "[loop]") {
  SweepQueue queue;
  for (const StoreId store : {kOne, kTwo, kThree}) queue.Add(store, {.offset = 1});
  queue.AddUrgent(kThree, {.offset = 2, .kind = CauseKind::kReference});
  queue.AddUrgent(kTwo, {.offset = 2, .kind = CauseKind::kReference});
  CHECK(queue.First() == std::vector<StoreId>{kThree, kTwo, kOne});
  CHECK(queue.WaitsInFirst(kThree));
  CHECK(queue.WhyWaits(kThree)->kind == CauseKind::kReference);
  CHECK(Turns(queue) == "3v 2v 1v 1 2 3");
  CHECK(queue.WhyWaits(kThree) == nullptr);
}

TEST_CASE("rises wait for the falls that came with them or before, and not for later ones",
          "[loop]") {
  SweepQueue queue;
  queue.Add(kOne, {.offset = 1});
  queue.AddFalling(kTwo, {.offset = 1});
  CHECK_FALSE(queue.RisesAreOwed());
  SweepQueue::Turn turn;
  REQUIRE(queue.NextFirst(turn));
  REQUIRE(queue.NextFirst(turn));
  queue.AddFalling(kTwo, {.offset = 2});
  queue.Add(kOne, {.offset = 2});
  REQUIRE(queue.NextLast(turn));
  CHECK(turn.store == kOne);
  // It was let out whole: nothing of it waits for the first pass either.
  CHECK_FALSE(turn.falls_only);
  CHECK_FALSE(queue.WaitsInFirst(kOne));
  queue.AddRising(kThree, {.offset = 2});
  CHECK_FALSE(queue.NextLast(turn));
  CHECK(Turns(queue) == "2 3");
}

TEST_CASE("the newest cause is the one that is told", "[loop]") {
  SweepQueue queue;
  queue.Add(kOne, {.offset = 3, .kind = CauseKind::kRules});
  queue.Add(kOne, {.offset = 5, .kind = CauseKind::kReference});
  SweepQueue::Turn turn;
  REQUIRE(queue.NextFirst(turn));
  CHECK(turn.cause.offset == 5);
  CHECK(turn.cause.kind == CauseKind::kReference);
}

TEST_CASE("a queue that was stored goes on where it was", "[loop]") {
  SweepQueue queue;
  for (const StoreId store : {kThree, kOne, kTwo}) queue.Add(store, {});
  SweepQueue::Turn turn;
  REQUIRE(queue.NextFirst(turn));
  queue.Forget(kTwo);
  SweepQueue restored;
  restored.Restore(queue.First(), queue.Last(), {});
  CHECK(Turns(restored) == "1v 3 1");
}
