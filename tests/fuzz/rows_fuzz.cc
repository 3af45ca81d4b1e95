// Any bytes are a checkpoint row of a kind or are none: what is decoded encodes to the same bytes.
//
// An input's first byte tells the kind.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.h"
#include "state/publication_rows.h"
#include "state/reservation_rows.h"
#include "state/rows.h"
#include "state/rules_rows.h"

namespace {

using namespace shelf;

// A store with positions of the first SKUs, for the rows that name some.
struct Shelf {
  static constexpr uint32_t kSkus = 4;
  Shelf() : positions(/*channels=*/1) {
    for (uint32_t sku = 0; sku < kSkus; ++sku) {
      const PositionId id = positions.Add(StoreId(0), SkuId(sku));
      positions[id].store = StoreId(0);
      positions[id].sku = SkuId(sku);
      index.Insert(id, positions);
    }
  }
  PositionTable positions;
  StoreIndex index;
};

// Each: the bytes that the row encodes to, or `bytes` when they are no such row.
std::string PositionAgain(std::string_view bytes) {
  PositionRow row;
  if (!DecodePosition(bytes, row)) return std::string(bytes);
  std::string again;
  EncodePosition(row, again);
  return again;
}

std::string StoreAgain(std::string_view bytes) {
  StoreRow row;
  StoreState state(StoreId(0), 4096);
  if (!DecodeStore(bytes, row, state)) return std::string(bytes);
  std::string again;
  EncodeStore(row, state, again);
  return again;
}

std::string BlockAgain(std::string_view bytes) {
  uint32_t first = 0;
  std::vector<Movement> movements;
  if (!DecodeBlock(bytes, first, movements)) return std::string(bytes);
  MovementRing ring;
  ring.Restore(first, kBeforeAllTime);
  for (const Movement& movement : movements) ring.RestorePush(movement);
  std::string again;
  EncodeBlock(ring, first / kBlockMovements, again);
  return again;
}

std::string PublicationAgain(std::string_view bytes) {
  Publication row;
  if (!DecodePublication(bytes, row)) return std::string(bytes);
  std::string again;
  EncodePublication(row, again);
  return again;
}

std::string RulesAgain(std::string_view bytes) {
  RulesRecord row;
  if (!DecodeRules(bytes, row)) return std::string(bytes);
  std::string again;
  EncodeRules(row, again);
  return again;
}

std::string ReservationAgain(std::string_view bytes) {
  static const Shelf& shelf = *new Shelf();
  Reservation row;
  if (!DecodeReservation(bytes, shelf.index, shelf.positions, row)) return std::string(bytes);
  std::string again;
  EncodeReservation(row, shelf.positions, again);
  return again;
}

std::string ExpectedAgain(std::string_view bytes) {
  static const Shelf& shelf = *new Shelf();
  ExpectedDocument row;
  if (!DecodeExpected(bytes, shelf.index, shelf.positions, row)) return std::string(bytes);
  std::string again;
  EncodeExpected(row, shelf.positions, again);
  return again;
}

constexpr std::string (*kKinds[])(std::string_view) = {
    PositionAgain, StoreAgain,       BlockAgain,   PublicationAgain,
    RulesAgain,    ReservationAgain, ExpectedAgain};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto again_of = kKinds[data[0] % std::size(kKinds)];
  Require(again_of(bytes) == bytes, "a row that is read encodes to the same bytes");
  return 0;
}
