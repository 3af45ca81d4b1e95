#include "position/position_table.h"

#include <cstdint>
#include <set>
#include <vector>

#include "support/catch.h"

using shelf::ChannelId;
using shelf::Position;
using shelf::PositionId;
using shelf::PositionTable;
using shelf::SkuId;
using shelf::SlotFlags;
using shelf::StoreId;
using shelf::StoreIndex;

namespace {

constexpr uint32_t kMany = 10'000;

// SKU ids with holes, as they are when stores share a dictionary.
SkuId SkuOf(uint32_t i) { return SkuId(i * 7 + 3); }

}  // namespace

TEST_CASE("ids are dense and name the same position for ever", "[position]") {
  PositionTable table(1);
  for (uint32_t i = 0; i < kMany; ++i) REQUIRE(table.Add(StoreId(i % 3), SkuOf(i)).value == i);
  CHECK(table.size() == kMany);
  for (uint32_t i = 0; i < kMany; ++i) {
    REQUIRE(table[PositionId(i)].sku == SkuOf(i));
    REQUIRE(table[PositionId(i)].store == StoreId(i % 3));
  }
}

TEST_CASE("a reference outlives the growth of the table", "[position]") {
  PositionTable table(4);
  Position& first = table[table.Add(StoreId(0), SkuId(0))];
  first.on_hand_milli = 42;
  for (uint32_t i = 1; i < kMany; ++i) table.Add(StoreId(0), SkuOf(i));
  CHECK(&table[PositionId(0)] == &first);
  CHECK(first.on_hand_milli == 42);
}

TEST_CASE("a new position is empty and so are its slots", "[position]") {
  PositionTable table(2);
  const PositionId id = table.Add(StoreId(0), SkuId(0));
  CHECK(table[id].on_hand_milli == 0);
  CHECK(table[id].anchor_kind == shelf::AnchorKind::kNone);
  CHECK(table[id].timer_next == Position::kNoTimer);
  CHECK(table.SlotOf(id, ChannelId(1)).sellable == 0);
  CHECK(table.SlotOf(id, ChannelId(1)).flags == 0);
}

TEST_CASE("each channel of each position has a slot of its own", "[position]") {
  PositionTable table(3);
  for (uint32_t i = 0; i < kMany; ++i) table.Add(StoreId(0), SkuOf(i));
  for (uint32_t i = 0; i < kMany; ++i) {
    for (uint16_t c = 0; c < 3; ++c) table.SlotOf(PositionId(i), ChannelId(c)).sellable = i * 3 + c;
  }
  for (uint32_t i = 0; i < kMany; ++i) {
    for (uint16_t c = 0; c < 3; ++c) {
      REQUIRE(table.SlotOf(PositionId(i), ChannelId(c)).sellable == i * 3 + c);
    }
  }
}

TEST_CASE("a slot's flags are set and cleared one by one", "[position]") {
  PositionTable table(2);
  const PositionId id = table.Add(StoreId(0), SkuId(0));
  const shelf::Slot slot = table.SlotOf(id, ChannelId(0));
  slot.Set(SlotFlags::kPublished);
  slot.Set(SlotFlags::kQueued);
  slot.Clear(SlotFlags::kQueued);
  CHECK(slot.Has(SlotFlags::kPublished));
  CHECK_FALSE(slot.Has(SlotFlags::kUnacknowledged));
  CHECK(table.SlotOf(id, ChannelId(1)).flags == 0);
}

TEST_CASE("a table without channels holds positions all the same", "[position]") {
  PositionTable table(0);
  const PositionId id = table.Add(StoreId(0), SkuId(5));
  CHECK(table[id].sku == SkuId(5));
}

TEST_CASE("a position is dirty once however often it is marked", "[position]") {
  PositionTable table(1);
  const PositionId a = table.Add(StoreId(0), SkuId(0));
  const PositionId b = table.Add(StoreId(0), SkuId(1));
  table.MarkDirty(b);
  table.MarkDirty(a);
  table.MarkDirty(b);
  CHECK(table.TakeDirty() == std::vector<PositionId>{b, a});
}

TEST_CASE("what was taken is clean and can become dirty again", "[position]") {
  PositionTable table(1);
  const PositionId id = table.Add(StoreId(0), SkuId(0));
  table.MarkDirty(id);
  table.TakeDirty();
  CHECK_FALSE(table[id].Has(Position::kDirty));
  CHECK(table.TakeDirty().empty());
  table.MarkDirty(id);
  CHECK(table.TakeDirty().size() == 1);
}

TEST_CASE("the index finds each of ten thousand SKUs and none besides", "[position]") {
  PositionTable table(1);
  StoreIndex index;
  for (uint32_t i = 0; i < kMany; ++i) {
    index.Insert(table.Add(StoreId(0), SkuOf(i)), table);
    REQUIRE(index.Find(SkuOf(i), table) == PositionId(i));
  }
  CHECK(index.size() == kMany);
  for (uint32_t i = 0; i < kMany; ++i) {
    REQUIRE(index.Find(SkuOf(i), table) == PositionId(i));
    REQUIRE_FALSE(index.Find(SkuId(SkuOf(i).value + 1), table).valid());
  }
}

TEST_CASE("an empty index finds nothing", "[position]") {
  const PositionTable table(1);
  const StoreIndex index;
  CHECK_FALSE(index.Find(SkuId(0), table).valid());
}

TEST_CASE("two stores' indexes over one table do not mix", "[position]") {
  PositionTable table(1);
  StoreIndex first;
  StoreIndex second;
  for (uint32_t i = 0; i < 100; ++i) {
    first.Insert(table.Add(StoreId(0), SkuId(i)), table);
    second.Insert(table.Add(StoreId(1), SkuId(i)), table);
  }
  for (uint32_t i = 0; i < 100; ++i) {
    CHECK(table[first.Find(SkuId(i), table)].store == StoreId(0));
    CHECK(table[second.Find(SkuId(i), table)].store == StoreId(1));
  }
}

TEST_CASE("a walk over the index visits every position once", "[position]") {
  PositionTable table(1);
  StoreIndex index;
  for (uint32_t i = 0; i < kMany; ++i) index.Insert(table.Add(StoreId(0), SkuOf(i)), table);
  std::set<uint32_t> seen;
  index.ForEach([&](PositionId id) { REQUIRE(seen.insert(id.value).second); });
  CHECK(seen.size() == kMany);
}

TEST_CASE("a position with its index entry stays within the bytes promised", "[position]") {
  PositionTable table(4);
  StoreIndex index;
  constexpr uint32_t kPositions = 1 << 16;
  for (uint32_t i = 0; i < kPositions; ++i) {
    index.Insert(table.Add(StoreId(0), SkuOf(i)), table);
  }
  CHECK((table.bytes() + index.bytes()) / kPositions <= 120 - 27);
}
