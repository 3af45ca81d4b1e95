#include <algorithm>
#include <cstdlib>

#include "position/apply_body.h"

namespace shelf {

void DropList(StoreState& store, ApplyContext& context) {
  store.index.ForEach([&](PositionId id) {
    Position& position = context.positions[id];
    if (!position.Has(Position::kMentioned)) return;
    position.Clear(Position::kMentioned);
    context.positions.MarkDirty(id);
  });
  store.list = ListState{};
}

namespace {

// The state of the list that `event` belongs to; a newer list displaces an unfinished one, and a
// straggler of a displaced list gets null: its lines hold alone, it cannot complete anything.
ListState* ListOf(const Event& event, StoreState& store, ApplyContext& context) {
  ListState& list = store.list;
  if (!list.active || list.id != event.document) {
    if (list.active && event.sequence < list.newest_sequence) return nullptr;
    if (list.active) DropList(store, context);
    list.active = true;
    list.id = std::string(event.document);
  }
  list.newest_sequence = std::max(list.newest_sequence, event.sequence);
  return &list;
}

EventTime AsOf(const Event& event) {
  return event.complete_through.ms > 0 ? event.complete_through : event.event_time;
}

RejectReason SetBookLine(const Line& line, const Event& event, StoreState& store, uint8_t source,
                         bool mention, ApplyContext& context) {
  const PositionId id = FindOrAddPosition(line.sku, store, context);
  Position& position = context.positions[id];
  context.positions.MarkDirty(id);
  context.touched.push_back(id);
  if (mention) position.Set(Position::kMentioned);
  const Statement said{.kind = AnchorKind::kBook,
                       .quantity_milli = line.quantity_milli,
                       .time = AsOf(event),
                       .source = source,
                       .epoch = store.sources[source].sequence.epoch_ordinal(),
                       .sequence = static_cast<uint32_t>(event.sequence)};
  const int64_t on_hand = OnHandWith(said, position, store);
  if (std::llabs(on_hand) > kQuantityMilliMax) return RejectReason::kQuantityOverflow;
  if (Supersedes(said, on_hand, position)) SetAnchor(said, on_hand, position);
  return RejectReason::kNone;
}

// Lines without a usable SKU name no position, so they cannot be missed by the sweep; a line whose
// quantity is unusable names one, and the list must not be taken for whole without it.
uint64_t LinesAccountedFor(const Event& event) {
  const auto nameless =
      std::count_if(event.rejected.begin(), event.rejected.end(), [](const LineReject& reject) {
        return reject.reason == RejectReason::kEmptySku ||
               reject.reason == RejectReason::kSkuTooLong;
      });
  return event.lines.size() + static_cast<uint64_t>(nameless);
}

void ApplyChunk(Event& event, StoreState& store, uint8_t source, ApplyContext& context) {
  ListState* list = ListOf(event, store, context);
  if (list != nullptr) list->lines_seen += LinesAccountedFor(event);
  for (const Line& line : event.lines) {
    const RejectReason reason = SetBookLine(line, event, store, source, list != nullptr, context);
    if (reason != RejectReason::kNone) event.rejected.push_back({line.number, reason});
  }
}

// A position that the whole list does not mention is zero at T. Its place in the book's order is
// the list's end; a book movement that came between begin and end stays on top when it happened
// after T, since the list cannot have known it.
Statement Absence(const Position& position, const StoreState& store, uint8_t source) {
  const ListState& list = store.list;
  const uint8_t epoch = store.sources[source].sequence.epoch_ordinal();
  absl::int128 kept = 0;
  for (uint32_t n = position.last_movement; n != 0 && store.ring.Holds(n);
       n = store.ring.At(n).previous) {
    const Movement& movement = store.ring.At(n);
    const bool within = movement.role == SourceRole::kBook && movement.source == source &&
                        movement.epoch == epoch &&
                        movement.sequence > static_cast<uint32_t>(list.begin_sequence) &&
                        movement.sequence < static_cast<uint32_t>(list.end_sequence);
    if (within && movement.time_ms > list.as_of.ms) kept += movement.quantity_milli;
  }
  return {.kind = AnchorKind::kBook,
          .quantity_milli = Saturated(kept),
          .time = list.as_of,
          .source = source,
          .epoch = epoch,
          .sequence = static_cast<uint32_t>(list.end_sequence)};
}

void Sweep(StoreState& store, uint8_t source, ApplyContext& context) {
  store.index.ForEach([&](PositionId id) {
    Position& position = context.positions[id];
    if (position.Has(Position::kMentioned)) return;
    const Statement absent = Absence(position, store, source);
    const int64_t on_hand = OnHandWith(absent, position, store);
    if (std::llabs(on_hand) > kQuantityMilliMax) return;
    if (!Supersedes(absent, on_hand, position)) return;
    SetAnchor(absent, on_hand, position);
    context.positions.MarkDirty(id);
    context.touched.push_back(id);
  });
}

void Finish(StoreState& store, uint8_t source_index, ApplyContext& context) {
  Sweep(store, source_index, context);
  SourceState& source = store.sources[source_index];
  source.sequence.HealThrough(store.list.begin_sequence);
  source.awaiting_resync = false;
  if (store.list.has_claim) source.sequence.Claim(store.list.end_sequence, store.list.as_of);
  DropList(store, context);
}

}  // namespace

RejectReason ApplyList(Event& event, StoreState& store, uint8_t source, ApplyContext& context) {
  if (store.sources[source].role != SourceRole::kBook) return RejectReason::kUnsupportedBody;
  if (event.body == Body::kSnapshotChunk) {
    ApplyChunk(event, store, source, context);
  } else {
    ListState* list = ListOf(event, store, context);
    if (list == nullptr) return RejectReason::kNone;
    if (event.body == Body::kSnapshotBegin) {
      list->begin_seen = true;
      list->begin_sequence = event.sequence;
    } else {
      list->end_seen = true;
      list->end_sequence = event.sequence;
      list->lines_said = event.line_count;
      list->as_of = AsOf(event);
      list->has_claim = event.complete_through.ms > 0;
    }
  }
  if (store.list.complete()) {
    Finish(store, source, context);
  } else if (event.body == Body::kSnapshotEnd && !store.sources[source].sequence.has_gap()) {
    // Nothing is under way that could still complete it.
    return RejectReason::kSnapshotMismatch;
  }
  return RejectReason::kNone;
}

}  // namespace shelf
