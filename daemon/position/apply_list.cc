#include <algorithm>

#include "position/apply_body.h"
#include "position/statement.h"
#include "position/sweep.h"

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

// Whether the document is of another list than the one that is received: by its name, or because
// that one is complete or begins already, so that the name is in use again.
bool IsOfAnother(const Event& event, const ListState& list) {
  if (!list.active || list.held || list.id != event.document) return true;
  return event.body == Body::kSnapshotBegin && list.begin_seen &&
         event.sequence > list.newest_sequence;
}

// The state of the list that `event` belongs to. A newer list displaces an unfinished one; one that
// waits for its operator only by its begin. A straggler of a displaced list, and what has no begin
// while one waits, gets null: its lines hold alone, it cannot complete anything.
ListState* ListOf(const Event& event, StoreState& store, uint8_t source, ApplyContext& context) {
  ListState& list = store.list;
  if (IsOfAnother(event, list)) {
    if (list.active && event.sequence < list.newest_sequence) return nullptr;
    if (list.held && event.body != Body::kSnapshotBegin) return nullptr;
    // Nobody will decide on it any more: the one that begins must come whole.
    if (list.held) store.sources[source].list_wanted = true;
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
  return Take(said, id, store, context.positions);
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
  ListState* list = ListOf(event, store, source, context);
  if (list != nullptr) list->lines_seen += LinesAccountedFor(event);
  for (const Line& line : event.lines) {
    const RejectReason reason = SetBookLine(line, event, store, source, list != nullptr, context);
    if (reason != RejectReason::kNone) event.rejected.push_back({line.number, reason});
  }
}

}  // namespace

RejectReason ApplyList(Event& event, StoreState& store, uint8_t source, ApplyContext& context) {
  if (store.sources[source].role != SourceRole::kBook) return RejectReason::kUnsupportedBody;
  if (event.body == Body::kSnapshotChunk) {
    ApplyChunk(event, store, source, context);
  } else {
    ListState* list = ListOf(event, store, source, context);
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
  if (!store.list.held && store.list.complete()) {
    EndList(store, source, context);
  } else if (event.body == Body::kSnapshotEnd && !store.sources[source].sequence.has_gap()) {
    // Nothing is under way that could still complete it.
    return RejectReason::kSnapshotMismatch;
  }
  return RejectReason::kNone;
}

}  // namespace shelf
