// What an absolute statement (a count, a line of the book's list, a list's silence) makes of a
// position: the algebra of algebra.h, the store's count holds, and the movements that the ring has
// forgotten, in one place.
#pragma once

#include <cstdint>
#include <optional>

#include "position/algebra.h"
#include "position/count_hold.h"
#include "position/position_table.h"
#include "position/store_state.h"

namespace shelf {

struct Outcome {
  bool changes = false;   // the statement has an effect
  bool overflow = false;  // it would leave the range of quantities: refused
  int64_t on_hand_milli = 0;
  Statement anchor;               // from then on
  std::optional<CountHold> hold;  // from then on
};

// What would come of it; nothing changes.
Outcome OutcomeOf(const Statement& said, PositionId id, const StoreState& store,
                  const PositionTable& positions);

// Takes the outcome over into the position and its side tables.
void ApplyOutcome(const Outcome& outcome, PositionId id, StoreState& store,
                  PositionTable& positions);

// Both: kNone, or why the statement is refused.
RejectReason Take(const Statement& said, PositionId id, StoreState& store,
                  PositionTable& positions);

}  // namespace shelf
