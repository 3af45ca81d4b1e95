// The bodies of an event, one function each; parts of Apply.
#pragma once

#include "position/apply.h"

namespace shelf {

// Applies the body alone. kNone, or why the whole body was refused.
RejectReason ApplyBody(Event& event, StoreState& store, uint8_t source, ApplyContext& context);

// apply_list.cc: SnapshotBegin, SnapshotChunk, SnapshotEnd.
RejectReason ApplyList(Event& event, StoreState& store, uint8_t source, ApplyContext& context);

// The list being received will not be completed: forgets it and whom it mentioned.
void DropList(StoreState& store, ApplyContext& context);

// evidence.cc. What the presence stage knows of a position: sales' rhythm, and nil picks that
// nothing newer refutes.
// A movement for this reason shows that goods were there.
bool IsPresence(Reason reason);
void NoteSale(Position& position, EventTime at);
// Something was really there at `at`: refutes an older nil pick.
void NotePresent(PositionId id, EventTime at, StoreState& store, PositionTable& positions);
void NoteNilPick(PositionId id, EventTime at, StoreState& store, PositionTable& positions);

}  // namespace shelf
