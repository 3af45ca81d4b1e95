// What a physical count corrected, kept on top of the book's later lists (`count_hold` of a store).
//
// A held position has two anchors: the count, and what the book says, a list line. With
//   book view  = the list line's quantity and what counts after it, as if nobody had counted
//   correction = the counted on-hand less the book view
// on-hand is always book view + correction, and the correction is the count's knowledge alone:
//
// - A count begins a hold where the book has spoken by a list before; a newer one replaces it. A
//   count older than the list in force loses as ever: what the book said before it is not known
//   any more.
// - A list line later than the count (T after the count's time) sets on-hand to what it gives plus
//   the correction.
// - A list line that is complete through a time before the count, and later in the book's order,
//   changes the book view under the count: on-hand stays, the correction is worked out again. Once
//   a list line lies on the correction, each later one does, whatever it is complete through.
// - A movement with event time up to the count's is in what was counted: on-hand stays, and what
//   the book view gains by it the correction loses. That holds also for a book's movement that
//   comes late, after a list that had it in its quantity.
// - A book's ADJUSTMENT with an event time after the count's ends the hold: the book has taken the
//   count over, and on-hand is the book view. Counted 7 where the book had 10: on-hand 7, and with
//   the book's own -3 it is 7, not 4. One that is in the ring before the count comes leaves
//   nothing to hold.
// - A position that a whole list leaves out is held as if the list said 0: whether an ERP writes
//   its zeros or leaves them out must not change the number.
// - When the store's flag is taken back, the hold ends at the position's next list line.
//
// A book that sends lists only, and late ones, has sales in the correction that its next list
// brings again; its sales should come as movements, or through a till that is an early source.
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "base/time.h"
#include "decode/reject.h"
#include "position/position.h"

namespace shelf {

struct Movement;
struct Statement;
struct StoreState;

struct CountHold {
  int64_t correction_milli = 0;
  int64_t count_time_ms = 0;
  // The list line against which the correction was worked out.
  int64_t base_time_ms = 0;
  uint32_t base_sequence = 0;
  uint8_t base_source = 0;
  uint8_t base_epoch = 0;
  friend bool operator==(const CountHold&, const CountHold&) = default;
};

// Bound of a correction and of a held position's book view: their sum is on-hand, which has a
// bound of its own.
inline constexpr int64_t kHeldMilliMax = 2 * kQuantityMilliMax;

// The position's hold; null without one.
const CountHold* HoldOf(PositionId id, const Position& position, const StoreState& store);

// The list line that the book view of a held position rests on: the position's anchor, or the
// hold's base while the count is the anchor.
Statement BookAnchor(const Position& position, const CountHold& hold);

// What a movement that counts newly adds to a held position; negative of it when it drops out.
struct HeldChange {
  int64_t on_hand_milli = 0;
  int64_t correction_milli = 0;
};
HeldChange ChangeBy(const Movement& movement, const Position& position, const CountHold& hold,
                    EventTime book_complete_through);

// Whether the book takes the count of `count_time_ms` over with this movement.
bool TakesCountOver(const Movement& movement, int64_t count_time_ms);

// A new movement onto a held position, not yet in the ring. False: on-hand, the correction or the
// book view would leave its range, nothing has changed.
bool MoveHeld(const Movement& movement, PositionId id, Position& position, StoreState& store);

// Adds to the correction, which stops at its bound. The position is held.
void Correct(PositionId id, int64_t by_milli, StoreState& store);

// on-hand is the book view from here on; nothing is held.
void EndHold(PositionId id, Position& position, StoreState& store);

}  // namespace shelf
