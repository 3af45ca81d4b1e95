// The bodies of an event, one function each; parts of Apply.
#pragma once

#include "position/apply.h"

namespace shelf {

// What is said of a store as a whole, as it was before a document.
struct Standing {
  bool frozen = false;
  bool lost = false;
};
Standing StandingOf(const StoreState& store);
// What follows for the whole store from what a document has done to it: its watermark, whether it
// is frozen, whether its lost state is whole again. Notes it in `result`.
void Conclude(const Standing& before, StoreState& store, ApplyContext& context,
              ApplyResult& result);

// Applies the body alone. kNone, or why the whole body was refused.
RejectReason ApplyBody(Event& event, StoreState& store, uint8_t source, ApplyContext& context);

// apply_list.cc: SnapshotBegin, SnapshotChunk, SnapshotEnd.
RejectReason ApplyList(Event& event, StoreState& store, uint8_t source, ApplyContext& context);

// The list being received will not be completed: forgets it and whom it mentioned.
void DropList(StoreState& store, ApplyContext& context);

// apply_orders.cc. What orders reserve and what is expected. kTooManyDocuments: the store has
// kDocumentsMax of them.
RejectReason ApplyReserve(const Event& event, StoreState& store, uint8_t source,
                          ApplyContext& context);
RejectReason ApplyRelease(const Event& event, StoreState& store, uint8_t source,
                          ApplyContext& context);
RejectReason ApplyExpected(const Event& event, StoreState& store, uint8_t source,
                           ApplyContext& context);
// Of a document whose lines are applied: the reservation and the expected receipts that it names.
// What it names for the first time when there is no room for more is not remembered: its Reserve
// or announcement, should one come, is refused as well or holds until its end.
void Settle(const Event& event, StoreState& store, uint8_t source, ApplyContext& context);
// Whether the Reserve that was just applied holds more of a position than is on hand, together with
// all others.
bool ReservesBeyond(const Event& event, const StoreState& store, const PositionTable& positions);

// evidence.cc. What the presence stage knows of a position beside its sales (sales.h): nil picks
// that nothing newer refutes.
// A movement for this reason shows that goods were there.
bool IsPresence(Reason reason);
// Something was really there at `at`: refutes an older nil pick.
void NotePresent(PositionId id, EventTime at, StoreState& store, PositionTable& positions);
void NoteNilPick(PositionId id, EventTime at, StoreState& store, PositionTable& positions);

}  // namespace shelf
