// How far a store's sales are known: max(Tb, the least of its required early sources). It moves
// only by promises, never by event times.
#pragma once

#include "position/apply.h"
#include "position/store_state.h"

namespace shelf {

// Takes the sources' promises over into Tb and the watermark. Where Tb moves, early movements that
// the book covers now stop counting (their positions are touched), and early sources whose gaps lie
// behind Tb are whole again. True when the watermark rose.
bool AdvanceWatermark(StoreState& store, ApplyContext& context);

// Puts an early movement beyond Tb into store.early.
void NoteEarly(StoreState& store, EarlyMovement movement);

// Restore: makes store.early again from the ring.
void RebuildEarly(StoreState& store);

}  // namespace shelf
