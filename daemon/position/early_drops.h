// Early movements that the ring had to forget while they lay beyond what the book is complete
// through: they still count, so they must still drop out when Tb passes them. Per position one sum,
// of which it is known when it begins and ends. While part of it is covered already and part is
// not, too little is offered, never too much: the sum counts as a movement of its newest time
// would.
//
// Under a held count a sum lies on one side of it. One that the count has seen is in no way part of
// on-hand, only of the book view, and there it is careful to let go early: it counts as a movement
// of its oldest time would. Where movements of both sides are forgotten, those that the count has
// seen leave the book view at once, and so the correction: a list that has them in its quantity
// then gives too little until the book's adjustment or the next count.
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "base/time.h"
#include "position/position.h"

namespace shelf {

class PositionTable;
struct ApplyContext;
struct CountHold;
struct Movement;
struct Statement;
struct StoreState;

struct EarlyDrop {
  int64_t quantity_milli = 0;
  int64_t oldest_ms = 0;
  int64_t newest_ms = 0;
  friend bool operator==(const EarlyDrop&, const EarlyDrop&) = default;
};

// The sum as a movement of an early source, of the time at which Tb makes it drop out. `hold` is
// the position's; null without one.
Movement AsMovement(const EarlyDrop& drop, const CountHold* hold);

// What the sum adds to a position with that anchor.
int64_t DroppedUnder(const Statement& anchor, PositionId id, const Position& position,
                     const StoreState& store);

// The ring is about to drop its oldest movement.
void NoteOldestDropped(StoreState& store, PositionTable& positions);

// Drops from the ring's oldest on while there are more than its bound.
void DropBeyondBound(StoreState& store, PositionTable& positions);

// Drops from the ring's oldest on while they are older than `horizon`. True when one was.
bool DropOldMovements(EventTime horizon, StoreState& store, PositionTable& positions);

// Tb has moved: what it covers now no longer counts. Changed positions are touched.
void GiveBackDropped(StoreState& store, ApplyContext& context);

// The position has a new anchor or hold: what that, or Tb, covers is part of it.
void ForgetCoveredDrop(PositionId id, Position& position, StoreState& store);

// For restore.
void RestoreEarlyDrop(PositionId id, const EarlyDrop& drop, StoreState& store);

}  // namespace shelf
