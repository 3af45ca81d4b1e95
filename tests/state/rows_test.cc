#include "state/rows.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "base/bytes.h"
#include "state/full_rows.h"
#include "support/catch.h"

using namespace shelf;

namespace {

void CheckSame(const Movement& a, const Movement& b) {
  CHECK(a.time_ms == b.time_ms);
  CHECK(a.quantity_milli == b.quantity_milli);
  CHECK(a.sku == b.sku);
  CHECK(a.previous == b.previous);
  CHECK(a.sequence == b.sequence);
  CHECK(a.source == b.source);
  CHECK(a.epoch == b.epoch);
  CHECK(a.role == b.role);
  CHECK(a.reason == b.reason);
}

// Every strict prefix is refused, and so is a byte more.
void CheckLengthMatters(const std::string& bytes,
                        const std::function<bool(std::string_view)>& decode) {
  REQUIRE(decode(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    INFO(size << " of " << bytes.size() << " bytes");
    CHECK_FALSE(decode(std::string_view(bytes).substr(0, size)));
  }
  CHECK_FALSE(decode(bytes + '\0'));
}

}  // namespace

TEST_CASE("a position row comes back as it was", "[state]") {
  const PositionRow row = FullPositionRow();
  std::string bytes;
  EncodePosition(row, bytes);
  PositionRow read;
  REQUIRE(DecodePosition(bytes, read));
  const Position expected = FullPosition();
  CHECK(read.position.on_hand_milli == expected.on_hand_milli);
  CHECK(read.position.anchor_time_ms == expected.anchor_time_ms);
  CHECK(read.position.anchor_sequence == expected.anchor_sequence);
  CHECK(read.position.anchor_source == expected.anchor_source);
  CHECK(read.position.anchor_epoch == expected.anchor_epoch);
  CHECK(read.position.anchor_kind == expected.anchor_kind);
  CHECK(read.position.last_movement == expected.last_movement);
  CHECK(read.position.first_sale_s == expected.first_sale_s);
  CHECK(read.position.last_sale_s == expected.last_sale_s);
  CHECK(read.position.sales == expected.sales);
  CHECK(read.position.sale_size == expected.sale_size);
  CHECK(read.position.flags == expected.flags);
  CHECK(read.nil_pick_ms == row.nil_pick_ms);
  CHECK(read.count_hold == row.count_hold);
  CHECK(read.early_drop == row.early_drop);
  REQUIRE(read.slots.size() == 2);
  CHECK(read.slots[0].sellable == 12);
  CHECK(read.slots[0].flags == 5);
  CHECK(read.slots[1].sellable == 0);
  CHECK(read.slots[1].flags == 31);
  CHECK(read.rises_held == row.rises_held);
}

TEST_CASE("a row read into another's place takes nothing of it", "[state]") {
  std::string full;
  EncodePosition(FullPositionRow(), full);
  std::string plain;
  EncodePosition(PositionRow{}, plain);
  PositionRow read;
  REQUIRE(DecodePosition(full, read));
  REQUIRE(DecodePosition(plain, read));
  CHECK(read.position.sale_size == 0);
  CHECK(read.rises_held.empty());
  CHECK(read.slots.empty());
  std::string again;
  EncodePosition(read, again);
  CHECK(again == plain);
}

TEST_CASE("marks and links that mean something in one process only are not stored", "[state]") {
  PositionRow row{.position = FullPosition(), .nil_pick_ms = 0, .slots = {}};
  row.position.flags = Position::kDirty | Position::kAwaitsWatermark | Position::kReserved;
  row.position.timer_next = row.position.timer_previous = 3;
  std::string bytes;
  EncodePosition(row, bytes);
  PositionRow read;
  REQUIRE(DecodePosition(bytes, read));
  CHECK(read.position.flags == 0);
  CHECK(read.position.timer_next == Position::kNoTimer);
  CHECK(read.position.timer_previous == Position::kNoTimer);
}

TEST_CASE("a store row comes back as it was", "[state]") {
  const StoreRow row{
      .partition = 3, .ring_first = 33, .ring_complete_after = EventTime{1'793'000'000'000}};
  std::string bytes;
  EncodeStore(row, FullStore(), bytes);
  StoreRow read;
  StoreState store(StoreId(5), 4096);
  REQUIRE(DecodeStore(bytes, read, store));
  CHECK(read.partition == row.partition);
  CHECK(read.ring_first == row.ring_first);
  CHECK(read.ring_complete_after == row.ring_complete_after);
  CHECK(store.book_complete_through.ms == 1'793'599'000'000);
  CHECK(store.watermark.ms == 1'793'599'100'000);
  CHECK(store.state_lost);
  CHECK(store.lost_until.ms == 1'793'599'200'000);
  CHECK(store.listed_through.ms == 1'793'599'150'000);
  REQUIRE(store.sources.size() == 2);
  CHECK(store.sources[1].name == "erp");
  CHECK(store.sources[1].role == SourceRole::kBook);
  CHECK_FALSE(store.sources[1].frozen());
}

TEST_CASE("a source with gaps comes back with its ranges and promises", "[state]") {
  std::string bytes;
  EncodeStore({}, FullStore(), bytes);
  StoreRow row;
  StoreState store(StoreId(5), 4096);
  REQUIRE(DecodeStore(bytes, row, store));
  const SourceState& source = store.sources[0];
  CHECK(source.name == "pos");
  CHECK(source.role == SourceRole::kEarly);
  CHECK(source.required);
  CHECK(source.awaiting_resync);
  CHECK(source.complete_through.ms == 1'793'599'100'000);
  CHECK(source.heals_at.ms == 1'793'599'150'000);
  CHECK(source.sequence.epoch() == 99);
  CHECK(source.sequence.epoch_ordinal() == 4);
  CHECK(source.sequence.low() == 1000);
  CHECK(source.sequence.complete_through().ms == 17);
  REQUIRE(source.sequence.ranges().size() == 2);
  CHECK(source.sequence.ranges()[0].first == 1002);
  CHECK(source.sequence.ranges()[0].last == 1005);
  CHECK(source.sequence.ranges()[0].claim_ms == 18);
  CHECK(source.sequence.ranges()[1].first == 1007);
}

TEST_CASE("a list half received comes back as far as it was", "[state]") {
  std::string bytes;
  EncodeStore({}, FullStore(), bytes);
  StoreRow row;
  StoreState store(StoreId(5), 4096);
  REQUIRE(DecodeStore(bytes, row, store));
  CHECK(store.list.active);
  CHECK(store.list.begin_seen);
  CHECK_FALSE(store.list.end_seen);
  CHECK(store.list.has_claim);
  CHECK(store.list.id == "night");
  CHECK(store.list.begin_sequence == 8);
  CHECK(store.list.end_sequence == 0);
  CHECK(store.list.newest_sequence == 11);
  CHECK(store.list.as_of.ms == 1'793'590'000'000);
  CHECK(store.list.lines_seen == 321);
  CHECK(store.list.lines_said == 322);
}

TEST_CASE("a list that waits comes back with its source, since when and what it would do",
          "[state]") {
  std::string bytes;
  EncodeStore({}, FullStore(), bytes);
  StoreRow row;
  StoreState store(StoreId(5), 4096);
  REQUIRE(DecodeStore(bytes, row, store));
  CHECK(store.list.held);
  CHECK(store.list.source == 1);
  CHECK(store.list.held_since.ms == 1'793'590'100'000);
  CHECK(store.list.forecast.in_stock == 500);
  CHECK(store.list.forecast.to_zero == 400);
  CHECK(store.sources[1].list_wanted);
  CHECK_FALSE(store.sources[0].list_wanted);
}

TEST_CASE("counts that are still to be asked for come back in their order", "[state]") {
  std::string bytes;
  EncodeStore({}, FullStore(), bytes);
  StoreRow row;
  StoreState store(StoreId(5), 4096);
  REQUIRE(DecodeStore(bytes, row, store));
  REQUIRE(store.counts_wanted.size() == 2);
  CHECK(store.counts_wanted[0].sku == SkuId(7));
  CHECK(store.counts_wanted[0].source == 1);
  CHECK(store.counts_wanted[0].why == CountWanted::Why::kNilPick);
  CHECK(store.counts_wanted[1].sku == SkuId(9));
}

TEST_CASE("rows that format 2 wrote are rows of this format", "[state]") {
  // A nil pick and one slot: 39 + 8 + 5 bytes.
  const std::string position = absl::HexStringToBytes(
      "02"
      "02"
      "48dffeffffffffff"
      "7b8d6a9ca1010000"
      "98badcfe"
      "03"
      "07"
      "29000000"
      "c05bdf6a"
      "3894e86a"
      "0102"
      "01006a9ca1010000"
      "01"
      "0c000000"
      "05");
  PositionRow row;
  REQUIRE(DecodePosition(position, row));
  CHECK(row.position.flags == Position::kNilPick);
  CHECK(row.position.on_hand_milli == -73'912);
  CHECK(row.position.sales == 513);
  REQUIRE(row.slots.size() == 1);
  CHECK(row.slots[0].sellable == 12);
  std::string again;
  EncodePosition(row, again);
  CHECK(again == position);

  // A list "ab" half received, and no source.
  const std::string store_row = absl::HexStringToBytes(
      "03000000"
      "21000000"
      "0000000000000080"
      "0100000000000000"
      "0200000000000000"
      "0b"
      "020000006162"
      "0800000000000000"
      "0000000000000000"
      "0b00000000000000"
      "0300000000000000"
      "4101000000000000"
      "4201000000000000"
      "00");
  StoreRow meta;
  StoreState store(StoreId(5), 4096);
  REQUIRE(DecodeStore(store_row, meta, store));
  CHECK(store.list.id == "ab");
  CHECK(store.list.has_claim);
  CHECK_FALSE(store.list.held);
  CHECK(store.counts_wanted.empty());
  again.clear();
  EncodeStore(meta, store, again);
  CHECK(again == store_row);
}

TEST_CASE("a block holds those of its numbers that the ring held", "[state]") {
  MovementRing ring(64 * sizeof(Movement));
  ring.Restore(/*first=*/40, kBeforeAllTime);
  for (uint32_t n = 40; n < 70; ++n) ring.Push(NumberedMovement(n));
  const auto check_block = [&ring](uint32_t block, uint32_t from, uint32_t end) {
    std::string bytes;
    EncodeBlock(ring, block, bytes);
    uint32_t first = 0;
    std::vector<Movement> movements;
    REQUIRE(DecodeBlock(bytes, first, movements));
    CHECK(first == from);
    REQUIRE(movements.size() == end - from);
    for (uint32_t n = from; n < end; ++n) CheckSame(movements[n - from], NumberedMovement(n));
  };
  check_block(1, 40, 64);
  check_block(2, 64, 70);
}

TEST_CASE("rows cut short or lengthened are refused", "[state]") {
  std::string position;
  EncodePosition(FullPositionRow(), position);
  CheckLengthMatters(position, [](std::string_view bytes) {
    PositionRow row;
    return DecodePosition(bytes, row);
  });
  std::string store;
  EncodeStore({}, FullStore(), store);
  CheckLengthMatters(store, [](std::string_view bytes) {
    StoreRow row;
    StoreState state(StoreId(5), 4096);
    return DecodeStore(bytes, row, state);
  });
  MovementRing ring(64 * sizeof(Movement));
  for (uint32_t n = 1; n < 6; ++n) ring.Push(NumberedMovement(n));
  std::string block;
  EncodeBlock(ring, 0, block);
  CheckLengthMatters(block, [](std::string_view bytes) {
    uint32_t first = 0;
    std::vector<Movement> movements;
    return DecodeBlock(bytes, first, movements);
  });
}

TEST_CASE("number keys sort as their numbers do and give them back", "[state]") {
  const std::string key = NumberKey(RowKind::kPosition, 0x01020304, 0xfffffffe);
  CHECK(FirstNumber(key) == 0x01020304);
  CHECK(SecondNumber(key) == 0xfffffffe);
  CHECK(NumberKey(RowKind::kStore, 255) < NumberKey(RowKind::kStore, 256));
  CHECK(NumberKey(RowKind::kPosition, 1, 0xffffffff) < NumberKey(RowKind::kPosition, 2, 0));
  CHECK(TextKey(RowKind::kMeta, "channels") == "mchannels");
}
