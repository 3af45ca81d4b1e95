// How far a store's sales are known: max(Tb, the least of its required early sources). It moves
// only by promises, never by event times.
#pragma once

#include "position/apply.h"
#include "position/store_state.h"

namespace shelf {

// Takes the sources' promises over into Tb and the watermark. Where Tb moves, early movements that
// the book covers now stop counting (their positions are touched), and early sources whose gaps lie
// behind Tb are whole again. A source whose list waits for an operator moves nothing until then;
// what it promised meanwhile counts from the decision on. True when the watermark rose: then the
// reservations that it passes have ended, and their positions are touched.
bool AdvanceWatermark(StoreState& store, ApplyContext& context);

// Puts an early movement beyond Tb, which the ring holds, into store.early. At most twice as many
// are kept as the ring has movements.
void NoteEarly(StoreState& store, EarlyMovement movement);

// An early movement of the position is covered by Tb now: it no longer counts.
void DropCovered(const Movement& movement, PositionId id, StoreState& store, ApplyContext& context);

// Makes store.early again from the ring: after a restore, and to forget what the ring has dropped.
void RebuildEarly(StoreState& store);

}  // namespace shelf
