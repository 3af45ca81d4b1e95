#include "position/sweep.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "position/support.h"
#include "support/catch.h"

using shelf::ApplyContext;
using shelf::ApplyResult;
using shelf::Event;
using shelf::ListAction;
using shelf::PartitionTime;
using shelf::RejectReason;
using shelf::position_test::At;
using shelf::position_test::World;

namespace {

// " i0 5 i1 5 …" for `count` items.
std::string Items(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, " i", i, " 5");
  return text;
}

// A whole list of the first `lines` items, in three documents from `sequence` on.
ApplyResult List(World& world, const std::string& id, int sequence, const std::string& clock,
                 int lines) {
  const std::string claim = " claim " + clock;
  world.Feed(absl::StrCat("erp ", sequence, " begin ", clock, " ", id, claim));
  world.Feed(absl::StrCat("erp ", sequence + 1, " chunk ", clock, " ", id, Items(lines), claim));
  return world.Feed(absl::StrCat("erp ", sequence + 2, " end ", clock, " ", id, " ", lines, claim));
}

// The store has 100 items by a list of 08:00; the list "night" of 09:00 has `lines` of them.
ApplyResult TwoLists(World& world, int lines) {
  world.Tick("08:00");
  List(world, "first", 1, "08:00", 100);
  world.Tick("09:00");
  const ApplyResult result = List(world, "night", 4, "09:00", lines);
  world.Tick("10:00");
  return result;
}

ApplyResult Decide(World& world, ListAction action, std::string_view list) {
  Event decision;
  decision.document = list;
  decision.list_action = action;
  world.touched.clear();
  ApplyContext context{.positions = world.positions,
                       .skus = world.skus,
                       .now = AsPartitionTime(At("10:00")),
                       .time_known = true,
                       .touched = world.touched};
  return DecideList(decision, world.store, context);
}

int64_t InStock(const World& world) {
  int64_t in_stock = 0;
  for (uint32_t id = 0; id < world.positions.size(); ++id) {
    if (world.positions[shelf::PositionId(id)].on_hand_milli > 0) ++in_stock;
  }
  return in_stock;
}

}  // namespace

TEST_CASE("a sweep of thirty percent goes through, of more it waits", "[position]") {
  World thirty;
  TwoLists(thirty, 70);
  CHECK(InStock(thirty) == 70);
  CHECK_FALSE(thirty.store.frozen());

  World more;
  const ApplyResult result = TwoLists(more, 69);
  CHECK(InStock(more) == 100);
  CHECK(more.store.list.held);
  CHECK(more.store.list.forecast.in_stock == 100);
  CHECK(more.store.list.forecast.to_zero == 31);
  CHECK(more.store.list.held_since == AsPartitionTime(At("09:00")));
  CHECK(more.store.frozen());
  CHECK(result.freeze_changed);
}

TEST_CASE("twenty positions may go to zero whatever the share", "[position]") {
  for (const int items : {20, 21}) {
    World world;
    List(world, "first", 1, "08:00", items);
    List(world, "night", 4, "09:00", 0);
    CHECK(world.store.list.held == (items == 21));
  }
}

TEST_CASE("what is not in stock anyway is not counted as brought to zero", "[position]") {
  World world;
  List(world, "first", 1, "08:00", 100);
  std::string sales = "erp 4 sale 08:30";
  for (int i = 50; i < 100; ++i) absl::StrAppend(&sales, " i", i, " -5");
  world.Feed(sales);
  List(world, "night", 5, "09:00", 40);
  CHECK_FALSE(world.store.list.held);
  CHECK(InStock(world) == 40);
}

TEST_CASE("of a list that waits the lines stand, Tb does not move and nothing heals",
          "[position]") {
  World world;
  List(world, "first", 1, "08:00", 100);
  world.Feed("erp 6 begin 09:00 night claim 09:00");  // 4 and 5 are lost
  world.Feed("erp 7 chunk 09:00 night i0 9 claim 09:00");
  world.Feed("erp 8 end 09:00 night 1 claim 09:00");
  REQUIRE(world.store.list.held);
  CHECK(world.OnHand("i0") == 9);
  CHECK(world.OnHand("i1") == 5);
  CHECK(world.complete_through() == At("08:00"));
  CHECK(world.SourceOf("erp").sequence.has_gap());
}

TEST_CASE("a released list does what its end would have done", "[position]") {
  World world;
  List(world, "first", 1, "08:00", 100);
  world.Feed("erp 6 begin 09:00 night claim 09:00");
  world.Feed("erp 7 chunk 09:00 night i0 9 claim 09:00");
  world.Feed("erp 8 end 09:00 night 1 claim 09:00");
  world.Feed("erp 9 receipt 09:30 i1 3");
  const ApplyResult result = Decide(world, ListAction::kRelease, "night");
  CHECK(result.reject == RejectReason::kNone);
  CHECK(result.watermark_moved);
  CHECK(result.freeze_changed);
  CHECK(world.OnHand("i0") == 9);
  CHECK(world.OnHand("i1") == 3);  // zero at 09:00, and what came since
  CHECK(world.OnHand("i2") == 0);
  CHECK(world.touched.size() == 99);
  CHECK(world.complete_through() == At("09:00"));
  CHECK_FALSE(world.SourceOf("erp").sequence.has_gap());
  CHECK_FALSE(world.store.list.active);
  CHECK_FALSE(world.PositionOf("i0").Has(shelf::Position::kMentioned));
}

TEST_CASE("a dropped list leaves its lines, and another one is asked for until it is whole",
          "[position]") {
  World world;
  TwoLists(world, 10);
  const ApplyResult result = Decide(world, ListAction::kDrop, "night");
  CHECK(result.reject == RejectReason::kNone);
  CHECK(result.freeze_changed);
  CHECK(InStock(world) == 100);
  CHECK(world.complete_through() == At("08:00"));
  CHECK(world.SourceOf("erp").list_wanted);
  world.Feed("erp 7 begin 10:00 again claim 10:00");
  CHECK(world.SourceOf("erp").list_wanted);
  List(world, "night", 8, "10:00", 90);
  CHECK_FALSE(world.SourceOf("erp").list_wanted);
}

TEST_CASE("a newer list displaces one that waits and is judged itself", "[position]") {
  for (const char* name : {"morning", "night"}) {
    World world;
    TwoLists(world, 10);
    List(world, name, 7, "10:00", 90);
    CHECK_FALSE(world.store.list.held);
    CHECK_FALSE(world.store.frozen());
    CHECK(InStock(world) == 90);
    CHECK(world.complete_through() == At("10:00"));
  }
}

TEST_CASE("a line without its list's begin leaves a list that waits alone", "[position]") {
  World world;
  TwoLists(world, 10);
  for (const char* stray :
       {"erp 7 chunk 10:00 morning i99 1 claim 10:00", "erp 8 chunk 10:00 night i98 2 claim 10:00",
        "erp 9 end 10:00 morning 1 claim 10:00"}) {
    world.Feed(stray);
    CHECK(world.store.list.held);
    CHECK(world.store.frozen());
  }
  CHECK(world.OnHand("i99") == 1);
  CHECK(world.OnHand("i98") == 2);
  CHECK(Decide(world, ListAction::kRelease, "night").reject == RejectReason::kNone);
}

TEST_CASE("a list that displaces one that waits is asked for until it is whole", "[position]") {
  World world;
  TwoLists(world, 10);
  world.Feed("erp 7 begin 10:00 morning claim 10:00");
  CHECK_FALSE(world.store.list.held);
  CHECK(world.SourceOf("erp").list_wanted);
  CHECK(Decide(world, ListAction::kRelease, "night").reject == RejectReason::kNoSuchList);
  List(world, "noon", 8, "10:00", 90);
  CHECK_FALSE(world.SourceOf("erp").list_wanted);
}

TEST_CASE("while a list waits its source moves no promise; after the decision all of them count",
          "[position]") {
  for (const ListAction action : {ListAction::kRelease, ListAction::kDrop}) {
    World world;
    TwoLists(world, 10);
    world.Feed("pos 1 sale 09:10 i0 -1");
    world.Feed("erp 7 heartbeat 09:30 claim 09:30");
    CHECK(world.complete_through() == At("08:00"));
    CHECK(world.watermark() == At("08:00"));
    CHECK(world.OnHand("i0") == 4);
    CHECK(Decide(world, action, "night").watermark_moved);
    CHECK(world.complete_through() == At("09:30"));
    CHECK(world.OnHand("i0") == 5);
  }
}

TEST_CASE("what moved between a list's begin and end is kept also where sequences wrap",
          "[position]") {
  World world;
  const auto feed = [&](const char* text, uint64_t sequence) {
    auto document = shelf::position_test::Parse(text);
    document.sequence = sequence;
    world.Feed(document);
  };
  constexpr uint64_t kWrap = uint64_t{1} << 32;
  world.Feed("erp 1 chunk 08:00 first milk 5 claim 08:00");
  feed("erp 1 begin 09:00 night claim 09:00", kWrap - 2);
  feed("erp 1 receipt 09:10 milk 3", kWrap - 1);
  feed("erp 1 receipt 09:20 milk 4", kWrap + 1);
  feed("erp 1 end 09:30 night 0 claim 09:00", kWrap + 2);
  CHECK(world.OnHand("milk") == 7);
}

TEST_CASE("the book's new epoch forgets a list that waits", "[position]") {
  World world;
  TwoLists(world, 10);
  world.Feed("erp@2 1 heartbeat 10:00");
  CHECK_FALSE(world.store.list.held);
  CHECK(world.store.frozen());
  CHECK(Decide(world, ListAction::kRelease, "night").reject == RejectReason::kNoSuchList);
}

TEST_CASE("a decision on a list that does not wait changes nothing", "[position]") {
  World world;
  TwoLists(world, 10);
  CHECK(Decide(world, ListAction::kRelease, "first").reject == RejectReason::kNoSuchList);
  CHECK(Decide(world, ListAction::kDrop, "").reject == RejectReason::kNoSuchList);
  CHECK(world.store.list.held);
  Decide(world, ListAction::kRelease, "night");
  CHECK(Decide(world, ListAction::kRelease, "night").reject == RejectReason::kNoSuchList);
}

TEST_CASE("a list is not released over movements that are forgotten", "[position]") {
  World world;
  TwoLists(world, 10);
  world.Feed("erp 7 receipt 09:30 i50 3");
  DropOldMovements(At("12:00"), world.store, world.positions);
  CHECK(Decide(world, ListAction::kRelease, "night").reject == RejectReason::kListTooOld);
  CHECK(world.store.list.held);
  CHECK(Decide(world, ListAction::kDrop, "night").reject == RejectReason::kNone);
}

TEST_CASE("the largest that a sweep would bring to zero are shown, the largest first",
          "[position]") {
  World world;
  List(world, "first", 1, "08:00", 100);
  world.Feed("erp 4 receipt 08:10 i40 7 i30 9 i20 8");
  List(world, "night", 5, "09:00", 10);
  const auto largest = LargestSwept(world.store, 0, world.positions, 2);
  REQUIRE(largest.size() == 2);
  CHECK(world.positions[largest[0]].on_hand_milli == 14'000);
  CHECK(world.positions[largest[1]].on_hand_milli == 13'000);
}

TEST_CASE("a begin under a name in use begins a new list", "[position]") {
  World world;
  List(world, "first", 1, "08:00", 3);
  world.Feed("erp 4 begin 09:00 night claim 09:00");
  world.Feed("erp 5 chunk 09:00 night i0 1 claim 09:00");
  List(world, "night", 6, "10:00", 2);
  CHECK(world.OnHand("i2") == 0);
  CHECK(world.complete_through() == At("10:00"));
}
