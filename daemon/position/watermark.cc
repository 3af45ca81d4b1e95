#include "position/watermark.h"

#include <algorithm>
#include <limits>

namespace shelf {
namespace {

// Total, so that the order in which movements drop out does not depend on the heap's history.
bool IsLaterEarly(const EarlyMovement& a, const EarlyMovement& b) {
  return a.time_ms != b.time_ms ? a.time_ms > b.time_ms : a.number > b.number;
}

void MoveBook(StoreState& store, EventTime through, ApplyContext& context) {
  store.book_complete_through = through;
  while (!store.early.empty() && store.early.front().time_ms <= through.ms) {
    const uint32_t number = store.early.front().number;
    std::pop_heap(store.early.begin(), store.early.end(), IsLaterEarly);
    store.early.pop_back();
    if (!store.ring.Holds(number)) continue;
    const Movement& movement = store.ring.At(number);
    DropCovered(movement, store.index.Find(movement.sku, context.positions), store, context);
  }
  GiveBackDropped(store, context);
}

void TakePromise(SourceState& source) {
  if (source.awaiting_resync) return;
  source.complete_through = std::max(source.complete_through, source.sequence.complete_through());
}

void HealEarly(SourceState& source, EventTime book) {
  if (source.role != SourceRole::kEarly || !source.frozen() || book < source.heals_at) return;
  source.awaiting_resync = false;
  while (source.sequence.has_gap()) source.sequence.HealThrough(source.sequence.gap_last());
  TakePromise(source);
}

}  // namespace

void DropCovered(const Movement& movement, PositionId id, StoreState& store,
                 ApplyContext& context) {
  // It counted until now iff the position's anchor lies before it.
  const EventTime before{movement.time_ms - 1};
  Position& position = context.positions[id];
  int64_t counted = 0;
  if (const CountHold* hold = HoldOf(id, position, store)) {
    const HeldChange change = ChangeBy(movement, position, *hold, before);
    Correct(id, -change.correction_milli, store);
    context.positions.MarkDirty(id);
    counted = change.on_hand_milli;
  } else if (Counts(movement, position, before)) {
    counted = movement.quantity_milli;
  }
  if (counted == 0) return;
  position.on_hand_milli =
      std::clamp(position.on_hand_milli - counted, -kQuantityMilliMax, kQuantityMilliMax);
  context.positions.MarkDirty(id);
  context.touched.push_back(id);
}

void NoteEarly(StoreState& store, EarlyMovement movement) {
  store.early.push_back(movement);
  std::push_heap(store.early.begin(), store.early.end(), IsLaterEarly);
  // Under a book that never promises anything, entries whose movement the ring has dropped would
  // gather without bound.
  if (store.early.size() > 2 * size_t{store.ring.size()}) RebuildEarly(store);
}

void RebuildEarly(StoreState& store) {
  store.early.clear();
  for (uint32_t n = store.ring.first(); n != store.ring.next(); ++n) {
    const Movement& movement = store.ring.At(n);
    if (movement.role != SourceRole::kEarly) continue;
    if (movement.time_ms > store.book_complete_through.ms) {
      NoteEarly(store, {movement.time_ms, n});
    }
  }
}

bool AdvanceWatermark(StoreState& store, ApplyContext& context) {
  EventTime book = store.book_complete_through;
  for (SourceState& source : store.sources) {
    // As long as its list waits, nobody knows whether its word is good.
    const bool list_waits = store.list.held && &source == &store.sources[store.list.source];
    if (!list_waits) TakePromise(source);
    if (source.role == SourceRole::kBook) book = std::max(book, source.complete_through);
  }
  if (book > store.book_complete_through) MoveBook(store, book, context);

  bool has_required = false;
  EventTime early{std::numeric_limits<int64_t>::max()};
  for (SourceState& source : store.sources) {
    HealEarly(source, book);
    if (source.role != SourceRole::kEarly || !source.required) continue;
    has_required = true;
    early = std::min(early, source.complete_through);
  }
  const EventTime watermark = has_required ? std::max(book, early) : book;
  if (watermark <= store.watermark) return false;
  store.watermark = watermark;
  store.reservations.Expire(watermark, context);
  return true;
}

}  // namespace shelf
