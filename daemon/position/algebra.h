// The one algebra for counts, lists, movements and lateness (design page, section 4):
//   on_hand = anchor.quantity + sum of book deltas after the anchor
//           + sum of early deltas with time > max(anchor.time, Tb)
// "After the anchor" is event time for a count, sequence for a book list.
#pragma once

#include <cstdint>

#include "absl/numeric/int128.h"
#include "base/time.h"
#include "position/position.h"
#include "position/position_table.h"
#include "position/store_state.h"

namespace shelf {

// Two statements of different sources closer than this are taken as simultaneous: the lower holds.
inline constexpr int64_t kClockSkewMs = 2 * 60 * 1000;

// An absolute statement about a position.
struct Statement {
  AnchorKind kind = AnchorKind::kCount;
  int64_t quantity_milli = 0;
  EventTime time;
  uint8_t source = 0;
  uint8_t epoch = 0;
  uint32_t sequence = 0;
};

// Order of two sequences of one source and epoch, with wrap: both are the low 32 bits of counters
// far closer than 2^31.
inline bool IsAfter(uint32_t sequence, uint32_t than) {
  return static_cast<int32_t>(sequence - than) > 0;
}

// Whether `movement` adds to a position with this anchor.
bool Counts(const Movement& movement, const Position& anchored, EventTime book_complete_through);

// A sum of quantities as an int64: one that has left its range becomes a magnitude that is above
// kQuantityMilliMax and still far from the end of the range.
int64_t Saturated(absl::int128 sum_milli);

// What on-hand would be if `statement` were the anchor: its quantity and every movement that counts
// after it, in the ring or forgotten by it (early_drops.h); Saturated.
int64_t OnHandWith(const Statement& statement, PositionId id, const StoreState& store,
                   const PositionTable& positions);

// Whether `statement` takes the place of the position's anchor; `on_hand_milli` is
// OnHandWith(statement).
bool Supersedes(const Statement& statement, int64_t on_hand_milli, const Position& position);

// Whether a list line comes after another in the book's order: by sequence within one source, by
// time across two.
bool IsLaterInBook(const Statement& said, const Statement& before);

// The position's anchor as a statement, without its quantity.
Statement AnchorOf(const Position& position);

// Makes `statement` the anchor.
void SetAnchor(const Statement& statement, int64_t on_hand_milli, Position& position);

}  // namespace shelf
