#include "position/statement.h"

#include <algorithm>
#include <cstdlib>

#include "position/early_drops.h"

namespace shelf {
namespace {

bool InRange(int64_t quantity_milli) { return std::llabs(quantity_milli) <= kQuantityMilliMax; }

bool FitsHold(const CountHold& hold) { return std::llabs(hold.correction_milli) <= kHeldMilliMax; }

Outcome Changed(int64_t on_hand_milli, const Statement& anchor) {
  return {.changes = true,
          .overflow = false,
          .on_hand_milli = on_hand_milli,
          .anchor = anchor,
          .hold = std::nullopt};
}

// The book took a count of that time over before the count itself came.
bool TakenOverAlready(int64_t count_time_ms, const Position& position, const StoreState& store) {
  for (uint32_t n = position.last_movement; n != 0 && store.ring.Holds(n);
       n = store.ring.At(n).previous) {
    if (TakesCountOver(store.ring.At(n), count_time_ms)) return true;
  }
  return false;
}

// What the book view loses by a new hold: a count at or before what is forgotten is refused, so
// this one has seen all of the position's sum, which goes when its oldest part is covered.
int64_t LetGo(const Statement& book, PositionId id, const Position& position,
              const StoreState& store) {
  if (!position.Has(Position::kEarlyDropped)) return 0;
  const int64_t covered_ms = std::max(book.time.ms, store.book_complete_through.ms);
  if (store.early_drops.at(id).oldest_ms > covered_ms) return 0;
  return DroppedUnder(book, id, position, store);
}

Outcome OfCount(const Statement& counted, int64_t on_hand, PositionId id, const Position& position,
                const CountHold* hold, const StoreState& store) {
  if (!Supersedes(counted, on_hand, position)) return {};
  Outcome outcome = Changed(on_hand, counted);
  const bool book_has_spoken = hold != nullptr || position.anchor_kind == AnchorKind::kBook;
  if (!store.count_hold || !book_has_spoken) return outcome;
  const Statement book = hold != nullptr ? BookAnchor(position, *hold) : AnchorOf(position);
  const int64_t view = position.on_hand_milli - (hold != nullptr ? hold->correction_milli : 0);
  if (TakenOverAlready(counted.time.ms, position, store)) return Changed(view, book);
  outcome.hold = CountHold{.correction_milli = on_hand - (view - LetGo(book, id, position, store)),
                           .count_time_ms = counted.time.ms,
                           .base_time_ms = book.time.ms,
                           .base_sequence = book.sequence,
                           .base_source = book.source,
                           .base_epoch = book.epoch};
  return outcome;
}

Outcome OfListUnderHold(const Statement& said, int64_t view, const Position& position,
                        const CountHold& hold) {
  if (!IsLaterInBook(said, BookAnchor(position, hold))) return {};
  // Once a list lies on the correction, what the count knew is in it alone: a later list that
  // claims less must not take it for the count itself.
  const bool under_count = position.anchor_kind == AnchorKind::kCount;
  if (!under_count || said.time.ms > hold.count_time_ms) {
    Outcome outcome = Changed(view + hold.correction_milli, said);
    outcome.hold = hold;
    return outcome;
  }
  Outcome outcome = Changed(position.on_hand_milli, AnchorOf(position));
  outcome.hold = CountHold{.correction_milli = position.on_hand_milli - view,
                           .count_time_ms = hold.count_time_ms,
                           .base_time_ms = said.time.ms,
                           .base_sequence = said.sequence,
                           .base_source = said.source,
                           .base_epoch = said.epoch};
  return outcome;
}

Outcome OfList(const Statement& said, int64_t on_hand, const Position& position,
               const CountHold* hold, const StoreState& store) {
  if (hold != nullptr && store.count_hold) return OfListUnderHold(said, on_hand, position, *hold);
  if (Supersedes(said, on_hand, position)) return Changed(on_hand, said);
  // The store's flag was taken back, and the count is newer: it stands as a count does without it.
  const bool under_count = position.anchor_kind == AnchorKind::kCount;
  if (hold == nullptr || !under_count) return {};
  return Changed(position.on_hand_milli, AnchorOf(position));
}

}  // namespace

Outcome OutcomeOf(const Statement& said, PositionId id, const StoreState& store,
                  const PositionTable& positions) {
  const Position& position = positions[id];
  const int64_t on_hand = OnHandWith(said, id, store, positions);
  const CountHold* const hold = HoldOf(id, position, store);
  Outcome outcome = said.kind == AnchorKind::kCount
                        ? OfCount(said, on_hand, id, position, hold, store)
                        : OfList(said, on_hand, position, hold, store);
  outcome.overflow = !InRange(on_hand) || !InRange(outcome.on_hand_milli) ||
                     (outcome.hold.has_value() && !FitsHold(*outcome.hold));
  return outcome;
}

void ApplyOutcome(const Outcome& outcome, PositionId id, StoreState& store,
                  PositionTable& positions) {
  Position& position = positions[id];
  SetAnchor(outcome.anchor, outcome.on_hand_milli, position);
  if (outcome.hold.has_value()) {
    store.count_holds[id] = *outcome.hold;
    position.Set(Position::kCountHeld);
  } else if (position.Has(Position::kCountHeld)) {
    store.count_holds.erase(id);
    position.Clear(Position::kCountHeld);
  }
  ForgetCoveredDrop(id, position, store);
}

RejectReason Take(const Statement& said, PositionId id, StoreState& store,
                  PositionTable& positions) {
  const Outcome outcome = OutcomeOf(said, id, store, positions);
  if (outcome.overflow) return RejectReason::kQuantityOverflow;
  if (outcome.changes) ApplyOutcome(outcome, id, store, positions);
  return RejectReason::kNone;
}

}  // namespace shelf
