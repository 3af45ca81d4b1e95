// Early movements that the ring had to forget while they lay beyond what the book is complete
// through: they still count, so they must still drop out when Tb passes them. Per position one sum
// and the time of its newest part. The sum counts as a movement of that time would: while part of
// it is covered already and part is not, too little is offered, never too much.
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "base/time.h"
#include "position/position.h"

namespace shelf {

class PositionTable;
struct ApplyContext;
struct Movement;
struct StoreState;

struct EarlyDrop {
  int64_t quantity_milli = 0;
  int64_t newest_ms = 0;
  friend bool operator==(const EarlyDrop&, const EarlyDrop&) = default;
};

// The sum as a movement of an early source.
Movement AsMovement(const EarlyDrop& drop);

// The ring is about to drop its oldest movement.
void NoteOldestDropped(StoreState& store, PositionTable& positions);

// Drops from the ring's oldest on while they are older than `horizon`. True when one was.
bool DropOldMovements(EventTime horizon, StoreState& store, PositionTable& positions);

// Tb has moved: what it covers now no longer counts. Changed positions are touched.
void GiveBackDropped(StoreState& store, ApplyContext& context);

// The position has a new anchor: what that covers is part of it.
void ForgetCoveredDrop(PositionId id, Position& position, StoreState& store);

// For restore.
void RestoreEarlyDrop(PositionId id, const EarlyDrop& drop, StoreState& store);

}  // namespace shelf
