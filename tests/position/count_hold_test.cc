#include "position/count_hold.h"

#include <string>
#include <vector>

#include "position/early_drops.h"
#include "position/support.h"
#include "support/catch.h"

using shelf::Position;
using shelf::RejectReason;
using shelf::position_test::At;
using shelf::position_test::World;

namespace {

// A store that holds counts. Its book has 10 of milk by a list complete through 08:00.
class Held : public World {
 public:
  Held() {
    store.count_hold = true;
    Feed(R"(
      erp 1 begin 08:00 L1 claim 08:00
      erp 2 chunk 08:00 L1 milk 10 claim 08:00
      erp 3 end 08:00 L1 1 claim 08:00
    )");
  }
  bool holds() const { return PositionOf("milk").Has(Position::kCountHeld); }
  int64_t correction() const { return store.count_holds.begin()->second.correction_milli / 1000; }
};

// Each step is a document and what is on hand after it.
struct Step {
  const char* document;
  int64_t on_hand;
};
void Check(World& world, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    INFO(step.document);
    world.Feed(step.document);
    CHECK(world.OnHand("milk") == step.on_hand);
  }
}

}  // namespace

TEST_CASE("what a count corrected stays on top of later lists", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"erp 4 chunk 10:00 L2 milk 10 claim 10:00", 7},
                {"erp 5 sale 10:30 milk -2", 5},
                {"erp 6 chunk 11:00 L3 milk 8 claim 11:00", 5}});
  CHECK(world.correction() == -3);
}

TEST_CASE("without the store's flag a later list wins over the count", "[position]") {
  Held world;
  world.store.count_hold = false;
  Check(world,
        {{"scan 1 count 09:00 milk 7", 7}, {"erp 4 chunk 10:00 L2 milk 10 claim 10:00", 10}});
  CHECK_FALSE(world.holds());
}

TEST_CASE("the book's adjustment after the count ends the hold", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"erp 4 adjustment 10:00 milk -3", 7},
                {"erp 5 chunk 11:00 L2 milk 7 claim 11:00", 7},
                {"erp 6 sale 11:30 milk -1", 6}});
  CHECK_FALSE(world.holds());
  CHECK(world.store.count_holds.empty());
}

TEST_CASE("an adjustment after a list that lies on the count ends the hold too", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"erp 4 chunk 10:00 L2 milk 9 claim 10:00", 6},
                {"erp 5 adjustment 10:30 milk -3", 6}});
  CHECK_FALSE(world.holds());
}

TEST_CASE("an adjustment that came before a late count has taken it over", "[position]") {
  Held world;
  Check(world, {{"erp 4 adjustment 10:00 milk -3", 7}, {"scan 1 count 09:00 milk 7", 7}});
  CHECK_FALSE(world.holds());
}

TEST_CASE("an adjustment from before the count does not end the hold", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7}, {"erp 4 adjustment 08:30 milk -3", 7}});
  CHECK(world.correction() == 0);
  CHECK(world.holds());
}

TEST_CASE("a list complete through a time before the count leaves on-hand and moves the correction",
          "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"erp 4 chunk 09:30 L2 milk 8 claim 08:30", 7},
                {"erp 5 chunk 10:00 L3 milk 8 claim 10:00", 7},
                {"erp 6 chunk 11:00 L4 milk 6 claim 11:00", 5}});
  CHECK(world.correction() == -1);
}

TEST_CASE("a late straggler of an older list changes nothing under a hold", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"erp 6 chunk 10:00 L3 milk 8 claim 10:00", 5},
                {"erp 5 chunk 09:30 L2 milk 50 claim 09:30", 5}});
  CHECK(world.correction() == -3);
}

TEST_CASE("a movement that the count has seen moves the correction, not on-hand", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"erp 4 sale 08:30 milk -2", 7},
                {"erp 5 chunk 10:00 L2 milk 8 claim 10:00", 7}});
  CHECK(world.correction() == -1);
}

TEST_CASE("a movement that the count has seen may come after the list that has it", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 8", 8},
                {"erp 5 chunk 10:00 L2 milk 8 claim 10:00", 6},
                {"erp 4 sale 08:30 milk -2", 8}});
  CHECK(world.correction() == 0);
}

TEST_CASE("a sale of the till before the count drops out of the book's view, not of on-hand",
          "[position]") {
  Held world;
  Check(world, {{"pos 1 sale 08:30 milk -2", 8},
                {"scan 1 count 09:00 milk 7", 7},
                {"pos 2 sale 09:30 milk -1", 6}});
  CHECK(world.correction() == -1);
  Check(world, {{"erp 4 heartbeat 09:00 claim 08:45", 6}});
  CHECK(world.correction() == -3);
  Check(world, {{"erp 5 sale 08:30 milk -2", 6},
                {"erp 6 chunk 10:00 L2 milk 7 claim 10:00", 6},
                {"erp 7 chunk 11:00 L3 milk 7 claim 11:00", 6}});
  CHECK(world.correction() == -1);
}

TEST_CASE("a sale of the till after the count is in both views until the book has it",
          "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"pos 1 sale 09:30 milk -1", 6},
                {"erp 4 sale 09:30 milk -1", 5},
                {"erp 5 heartbeat 10:00 claim 10:00", 6},
                {"erp 6 chunk 11:00 L2 milk 9 claim 11:00", 6}});
  CHECK(world.correction() == -3);
}

TEST_CASE("a new count replaces the hold", "[position]") {
  Held world;
  Check(world, {{"scan 1 count 09:00 milk 7", 7},
                {"erp 4 chunk 10:00 L2 milk 10 claim 10:00", 7},
                {"scan 2 count 11:00 milk 12", 12},
                {"erp 5 chunk 12:00 L3 milk 9 claim 12:00", 11}});
  CHECK(world.correction() == 2);
}

TEST_CASE("a count begins no hold where the book has not said what it has", "[position]") {
  World world;
  world.store.count_hold = true;
  Check(world, {{"erp 1 sale 08:30 milk -2", -2},
                {"scan 1 count 09:00 milk 7", 7},
                {"erp 2 chunk 10:00 L1 milk 10 claim 10:00", 10}});
  CHECK(world.store.count_holds.empty());
}

TEST_CASE("a count older than the list in force loses as without a hold", "[position]") {
  Held world;
  Check(world, {{"erp 4 chunk 10:00 L2 milk 9 claim 10:00", 9}, {"scan 1 count 09:00 milk 7", 9}});
  CHECK_FALSE(world.holds());
}

TEST_CASE("a list that leaves a held item out is a list that says zero", "[position]") {
  for (const char* middle : {"erp 5 heartbeat 10:00", "erp 5 chunk 10:00 L2 milk 0 claim 10:00"}) {
    Held world;
    world.Feed("scan 1 count 09:00 milk 13");
    world.Feed("erp 4 begin 10:00 L2 claim 10:00");
    world.Feed(middle);
    const bool has_line = std::string(middle).find("milk") != std::string::npos;
    world.Feed(has_line ? "erp 6 end 10:00 L2 1 claim 10:00" : "erp 6 end 10:00 L2 0 claim 10:00");
    CHECK(world.OnHand("milk") == 3);
    CHECK(world.correction() == 3);
  }
}

TEST_CASE("when the flag is taken back a hold ends at the next list line", "[position]") {
  Held on_the_count;
  Check(on_the_count, {{"scan 1 count 09:00 milk 7", 7}});
  on_the_count.store.count_hold = false;
  Check(on_the_count,
        {{"erp 4 sale 09:30 milk -1", 6}, {"erp 5 chunk 09:45 L2 milk 9 claim 08:30", 6}});
  CHECK_FALSE(on_the_count.holds());

  Held on_a_list;
  Check(on_a_list,
        {{"scan 1 count 09:00 milk 7", 7}, {"erp 4 chunk 10:00 L2 milk 10 claim 10:00", 7}});
  on_a_list.store.count_hold = false;
  Check(on_a_list, {{"erp 5 chunk 11:00 L3 milk 10 claim 11:00", 10}});
  CHECK_FALSE(on_a_list.holds());
}

TEST_CASE("a correction out of range refuses the line and changes nothing", "[position]") {
  Held world;
  world.Feed("scan 1 count 09:00 milk 7");
  world.Feed("erp 4 chunk 10:00 L2 milk -1000000000000 claim 10:00");
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.rejected[0].reason == RejectReason::kQuantityOverflow);
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.correction() == -3);
}

TEST_CASE("a later list that claims less than the count's time does not freeze on-hand",
          "[position]") {
  Held world;
  Check(world, {{"scan 1 count 10:00 milk 7", 7},
                {"erp 4 chunk 12:00 L2 milk 10 claim 12:00", 7},
                {"erp 5 chunk 13:00 L3 milk 2 claim 09:30", -1},
                {"erp 6 chunk 13:30 L4 milk 2 claim 13:20", -1}});
  CHECK(world.correction() == -3);
}

TEST_CASE("a correction has a bound: what would lead beyond it is refused", "[position]") {
  Held world;
  world.Feed("scan 1 count 09:00 milk 9");
  auto sale = shelf::position_test::Parse("erp 4 sale 08:30 milk -1000000000000");
  for (; sale.sequence < 8; ++sale.sequence) world.Feed(sale);
  REQUIRE(world.rejected.size() == 1);
  CHECK(world.rejected[0].reason == RejectReason::kQuantityOverflow);
  CHECK(world.OnHand("milk") == 9);
  CHECK(world.store.count_holds.begin()->second.correction_milli <= shelf::kHeldMilliMax);

  Correct(shelf::PositionId(0), -2 * shelf::kHeldMilliMax, world.store);
  CHECK(world.store.count_holds.begin()->second.correction_milli == -shelf::kHeldMilliMax);
}
