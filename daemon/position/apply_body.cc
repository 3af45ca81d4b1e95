#include "position/apply_body.h"

#include <cstdlib>

#include "position/early_drops.h"
#include "position/sales.h"
#include "position/statement.h"
#include "position/watermark.h"

namespace shelf {
namespace {

void Touch(PositionId id, ApplyContext& context) {
  context.positions.MarkDirty(id);
  context.touched.push_back(id);
}

// Whether the movement can ever count: what lies behind both the book's promise and the anchor of
// an early source never will, since neither goes back.
bool MayCount(const Movement& movement, const StoreState& store) {
  return movement.role == SourceRole::kBook || movement.time_ms > store.book_complete_through.ms;
}

Movement MovementOf(const Line& line, const Event& event, const Position& position,
                    const StoreState& store, uint8_t source) {
  return Movement{.time_ms = event.event_time.ms,
                  .quantity_milli = line.quantity_milli,
                  .sku = position.sku,
                  .previous = position.last_movement,
                  .sequence = static_cast<uint32_t>(event.sequence),
                  .source = source,
                  .epoch = store.sources[source].sequence.epoch_ordinal(),
                  .role = store.sources[source].role,
                  .reason = line.reason};
}

RejectReason MoveOnHand(const Movement& movement, PositionId id, StoreState& store,
                        ApplyContext& context) {
  if (!MayCount(movement, store)) return RejectReason::kNone;
  Position& position = context.positions[id];
  if (position.Has(Position::kCountHeld)) {
    if (!MoveHeld(movement, id, position, store)) return RejectReason::kQuantityOverflow;
  } else if (Counts(movement, position, store.book_complete_through)) {
    const int64_t on_hand = position.on_hand_milli + movement.quantity_milli;
    if (std::llabs(on_hand) > kQuantityMilliMax) return RejectReason::kQuantityOverflow;
    position.on_hand_milli = on_hand;
  }
  if (store.ring.full()) NoteOldestDropped(store, context.positions);
  position.last_movement = store.ring.Push(movement);
  if (movement.role == SourceRole::kEarly) {
    NoteEarly(store, {movement.time_ms, position.last_movement});
  }
  return RejectReason::kNone;
}

RejectReason Move(const Line& line, const Event& event, StoreState& store, uint8_t source,
                  ApplyContext& context) {
  const SourceRole role = store.sources[source].role;
  const PositionId id = FindOrAddPosition(line.sku, store, context);
  Position& position = context.positions[id];
  Touch(id, context);
  if (line.reason != Reason::kShelfReplenishment && role != SourceRole::kEvidence) {
    const RejectReason refused =
        MoveOnHand(MovementOf(line, event, position, store, source), id, store, context);
    if (refused != RejectReason::kNone) return refused;
  }
  const bool sale_is_evidence =
      role == SourceRole::kEarly || (role == SourceRole::kBook && !store.has_early());
  if (line.reason == Reason::kSale && sale_is_evidence) {
    NoteSale(position, event.event_time, line.quantity_milli);
  }
  if (IsPresence(line.reason)) NotePresent(id, event.event_time, store, context.positions);
  return RejectReason::kNone;
}

RejectReason Count(const Line& line, const Event& event, StoreState& store, uint8_t source,
                   ApplyContext& context) {
  if (!line.shelf_only && event.event_time <= store.ring.complete_after()) {
    store.WantCount({context.skus.Intern(line.sku), source, CountWanted::Why::kBeyondHistory});
    return RejectReason::kCountBeyondHistory;
  }
  const PositionId id = FindOrAddPosition(line.sku, store, context);
  Touch(id, context);
  if (line.quantity_milli > 0 || !line.shelf_only) {
    NotePresent(id, event.event_time, store, context.positions);
  }
  if (line.shelf_only) return RejectReason::kNone;
  const Statement counted{.kind = AnchorKind::kCount,
                          .quantity_milli = line.quantity_milli,
                          .time = event.event_time,
                          .source = source,
                          .epoch = store.sources[source].sequence.epoch_ordinal(),
                          .sequence = static_cast<uint32_t>(event.sequence)};
  return Take(counted, id, store, context.positions);
}

RejectReason Pick(const Line& line, const Event& event, StoreState& store, uint8_t source,
                  ApplyContext& context) {
  const PositionId id = FindOrAddPosition(line.sku, store, context);
  Touch(id, context);
  // A partial find is a find, and then a nil pick of the rest.
  if (line.found_milli > 0) NotePresent(id, event.event_time, store, context.positions);
  if (line.found_milli < line.quantity_milli) {
    NoteNilPick(id, event.event_time, store, context.positions);
    const Position& position = context.positions[id];
    const bool records_say_more = position.on_hand_milli > line.found_milli;
    if (store.count_after_nil_pick && records_say_more && position.Has(Position::kNilPick)) {
      store.WantCount({position.sku, source, CountWanted::Why::kNilPick});
    }
  }
  return RejectReason::kNone;
}

template <typename ApplyLine>
RejectReason EachLine(Event& event, StoreState& store, uint8_t source, ApplyContext& context,
                      const ApplyLine& apply_line) {
  for (const Line& line : event.lines) {
    const RejectReason reason = apply_line(line, event, store, source, context);
    if (reason != RejectReason::kNone) event.rejected.push_back({line.number, reason});
  }
  return RejectReason::kNone;
}

// The deduction and the release of what was held for it are one step.
RejectReason ApplyDeltas(Event& event, StoreState& store, uint8_t source, ApplyContext& context) {
  const RejectReason refused = EachLine(event, store, source, context, Move);
  if (!event.settles_reservation.empty() || !event.settles_expected.empty()) {
    Settle(event, store, source, context);
  }
  return refused;
}

}  // namespace

RejectReason ApplyBody(Event& event, StoreState& store, uint8_t source, ApplyContext& context) {
  switch (event.body) {
    case Body::kDeltas:
      return ApplyDeltas(event, store, source, context);
    case Body::kCounts:
      return EachLine(event, store, source, context, Count);
    case Body::kPickResults:
      return EachLine(event, store, source, context, Pick);
    case Body::kSnapshotBegin:
    case Body::kSnapshotChunk:
    case Body::kSnapshotEnd:
      return ApplyList(event, store, source, context);
    case Body::kHeartbeat:
      return RejectReason::kNone;
    case Body::kReserve:
      return ApplyReserve(event, store, source, context);
    case Body::kRelease:
      return ApplyRelease(event, store, source, context);
    case Body::kExpectedReceipts:
      return ApplyExpected(event, store, source, context);
    case Body::kNone:
    case Body::kTick:
    case Body::kListDecision:
      return RejectReason::kUnknownBody;
  }
  return RejectReason::kUnknownBody;
}

}  // namespace shelf
