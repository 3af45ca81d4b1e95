// Rows that end where they should and say what no version writes: nothing is guessed.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "state/full_rows.h"
#include "state/rows.h"
#include "support/catch.h"

using namespace shelf;

TEST_CASE("a position row that says what no version writes is refused", "[state]") {
  constexpr size_t kAnchorAt = 1, kSaleSizeAt = 38;
  std::string good;
  EncodePosition(FullPositionRow(), good);
  PositionRow read;
  for (const auto& [at, byte] : {std::pair<size_t, char>{0, '\xff'}, {kAnchorAt, '\3'}}) {
    std::string bad = good;
    bad[at] = byte;
    CHECK_FALSE(DecodePosition(bad, read = {}));
  }
  std::string without_sale_size = good;
  without_sale_size.replace(kSaleSizeAt, 2, 2, '\0');
  CHECK_FALSE(DecodePosition(without_sale_size, read = {}));
}

TEST_CASE("a store row whose list or wanted counts name a source that is none is refused",
          "[state]") {
  StoreRow row;
  for (const bool of_list : {true, false}) {
    StoreState state = FullStore();
    (of_list ? state.list.source : state.counts_wanted[0].source) = 2;
    std::string bytes;
    EncodeStore({}, state, bytes);
    StoreState read(StoreId(5), 4096);
    CHECK_FALSE(DecodeStore(bytes, row, read));
  }
}

TEST_CASE("a store row with runs that touch or fall is refused", "[state]") {
  using Range = SequenceTracker::Range;
  const std::vector<std::vector<Range>> all = {{{.first = 1001, .last = 1002}},
                                               {{.first = 1005, .last = 1004}},
                                               {{.first = 1002, .last = 1003}, {1004, 1004, 0}},
                                               {{.first = 1007, .last = 1007}, {1002, 1003, 0}}};
  for (const std::vector<Range>& ranges : all) {
    StoreState state = FullStore();
    state.sources[0].sequence.Restore(/*epoch=*/1, /*epoch_ordinal=*/0, /*low=*/1000,
                                      /*claim_ms=*/0, ranges);
    std::string bytes;
    EncodeStore({}, state, bytes);
    StoreRow row;
    StoreState read(StoreId(5), 4096);
    CHECK_FALSE(DecodeStore(bytes, row, read));
  }
}

TEST_CASE("a block in which a movement follows itself or a later one is refused", "[state]") {
  for (const uint32_t previous : {41U, 42U}) {
    MovementRing ring;
    ring.Restore(41, kBeforeAllTime);
    Movement movement = NumberedMovement(41);
    movement.previous = previous;
    ring.RestorePush(movement);
    std::string bytes;
    EncodeBlock(ring, 41 / kBlockMovements, bytes);
    uint32_t first = 0;
    std::vector<Movement> read;
    CHECK_FALSE(DecodeBlock(bytes, first, read));
  }
}

TEST_CASE("a block that begins at 0 or runs past its last number is refused", "[state]") {
  MovementRing ring;
  ring.Restore(62, kBeforeAllTime);
  for (uint32_t number : {62U, 63U}) ring.RestorePush(NumberedMovement(number));
  std::string bytes;
  EncodeBlock(ring, 62 / kBlockMovements, bytes);
  uint32_t first = 0;
  std::vector<Movement> read;
  REQUIRE(DecodeBlock(bytes, first, read));
  for (const char bad : {'\0', '\x7f'}) {
    bytes[0] = bad;
    CHECK_FALSE(DecodeBlock(bytes, first, read));
  }
}
