#include "position/early_drops.h"

#include <algorithm>
#include <limits>

#include "position/algebra.h"
#include "position/apply.h"
#include "position/watermark.h"

namespace shelf {
namespace {

// What the movement is of a position now.
HeldChange CountsFor(const Movement& movement, const Position& position, const CountHold* hold,
                     EventTime book_complete_through) {
  if (hold != nullptr) return ChangeBy(movement, position, *hold, book_complete_through);
  const bool counts = Counts(movement, position, book_complete_through);
  return {.on_hand_milli = counts ? movement.quantity_milli : 0, .correction_milli = 0};
}

bool IsSeen(int64_t time_ms, const CountHold& hold) { return time_ms <= hold.count_time_ms; }

void Add(const Movement& movement, EarlyDrop& drop) {
  const bool is_first = drop == EarlyDrop{};
  drop.quantity_milli = Saturated(absl::int128(drop.quantity_milli) + movement.quantity_milli);
  drop.oldest_ms = is_first ? movement.time_ms : std::min(drop.oldest_ms, movement.time_ms);
  drop.newest_ms = std::max(drop.newest_ms, movement.time_ms);
}

void Forget(PositionId id, Position& position, StoreState& store) {
  store.early_drops.erase(id);
  position.Clear(Position::kEarlyDropped);
}

int64_t DueOf(PositionId id, const Position& position, const StoreState& store) {
  return AsMovement(store.early_drops.at(id), HoldOf(id, position, store)).time_ms;
}

void NoteDue(PositionId id, const Position& position, StoreState& store) {
  store.early_drops_due_ms = std::min(store.early_drops_due_ms, DueOf(id, position, store));
}

// The position is held. Lets go of the sum where it is on the count's other side and has been seen;
// false when it is the movement that has to be let go.
bool MakeOneSided(const Movement& movement, PositionId id, Position& position, StoreState& store) {
  const CountHold& hold = store.count_holds.at(id);
  const auto kept = store.early_drops.find(id);
  if (kept == store.early_drops.end()) return true;
  const bool sum_is_seen = IsSeen(kept->second.newest_ms, hold);
  if (IsSeen(movement.time_ms, hold)) return sum_is_seen;
  if (!sum_is_seen) return true;
  const HeldChange change =
      ChangeBy(AsMovement(kept->second, &hold), position, hold, store.book_complete_through);
  Correct(id, -change.correction_milli, store);
  Forget(id, position, store);
  return true;
}

}  // namespace

int64_t DroppedUnder(const Statement& anchor, PositionId id, const Position& position,
                     const StoreState& store) {
  if (!position.Has(Position::kEarlyDropped)) return 0;
  Position anchored;
  SetAnchor(anchor, 0, anchored);
  // Where the store's flag was taken back, the next statement ends the hold.
  const CountHold* const hold = store.count_hold ? HoldOf(id, position, store) : nullptr;
  const Movement dropped = AsMovement(store.early_drops.at(id), hold);
  return Counts(dropped, anchored, store.book_complete_through) ? dropped.quantity_milli : 0;
}

Movement AsMovement(const EarlyDrop& drop, const CountHold* hold) {
  const bool seen = hold != nullptr && IsSeen(drop.newest_ms, *hold);
  Movement movement;
  movement.time_ms = seen ? drop.oldest_ms : drop.newest_ms;
  movement.quantity_milli = drop.quantity_milli;
  movement.role = SourceRole::kEarly;
  return movement;
}

void NoteOldestDropped(StoreState& store, PositionTable& positions) {
  const Movement& movement = store.ring.At(store.ring.first());
  if (movement.role != SourceRole::kEarly) return;
  const PositionId id = store.index.Find(movement.sku, positions);
  Position& position = positions[id];
  const CountHold* const hold = HoldOf(id, position, store);
  const HeldChange counts = CountsFor(movement, position, hold, store.book_complete_through);
  if (counts.on_hand_milli == 0 && counts.correction_milli == 0) return;
  positions.MarkDirty(id);
  if (hold != nullptr && !MakeOneSided(movement, id, position, store)) {
    Correct(id, -counts.correction_milli, store);
    return;
  }
  Add(movement, store.early_drops[id]);
  position.Set(Position::kEarlyDropped);
  NoteDue(id, position, store);
}

void DropBeyondBound(StoreState& store, PositionTable& positions) {
  while (store.ring.over_full()) {
    NoteOldestDropped(store, positions);
    store.ring.DropFirst();
  }
}

bool DropOldMovements(EventTime horizon, StoreState& store, PositionTable& positions) {
  bool dropped = false;
  while (store.ring.size() > 0 && store.ring.At(store.ring.first()).time_ms < horizon.ms) {
    NoteOldestDropped(store, positions);
    store.ring.DropFirst();
    dropped = true;
  }
  return dropped;
}

void GiveBackDropped(StoreState& store, ApplyContext& context) {
  if (store.early_drops_due_ms > store.book_complete_through.ms) return;
  store.early_drops_due_ms = std::numeric_limits<int64_t>::max();
  std::vector<PositionId> due;
  for (const auto& [id, drop] : store.early_drops) {
    const int64_t due_ms = DueOf(id, context.positions[id], store);
    if (due_ms <= store.book_complete_through.ms) {
      due.push_back(id);
    } else {
      store.early_drops_due_ms = std::min(store.early_drops_due_ms, due_ms);
    }
  }
  // The table's order is not the log's.
  std::sort(due.begin(), due.end(), [](PositionId a, PositionId b) { return a.value < b.value; });
  for (const PositionId id : due) {
    Position& position = context.positions[id];
    const Movement movement = AsMovement(store.early_drops.at(id), HoldOf(id, position, store));
    Forget(id, position, store);
    DropCovered(movement, id, store, context);
    context.positions.MarkDirty(id);
  }
}

void ForgetCoveredDrop(PositionId id, Position& position, StoreState& store) {
  if (!position.Has(Position::kEarlyDropped)) return;
  const CountHold* const hold = HoldOf(id, position, store);
  // Under a hold the book view still holds what the count covers.
  const int64_t anchor_ms =
      hold != nullptr ? BookAnchor(position, *hold).time.ms : position.anchor_time_ms;
  if (DueOf(id, position, store) <= std::max(anchor_ms, store.book_complete_through.ms)) {
    Forget(id, position, store);
  } else {
    NoteDue(id, position, store);
  }
}

void RestoreEarlyDrop(PositionId id, const EarlyDrop& drop, StoreState& store) {
  store.early_drops[id] = drop;
  // Whether it is due earlier than that is seen at Tb's next move.
  store.early_drops_due_ms = std::min(store.early_drops_due_ms, drop.oldest_ms);
}

}  // namespace shelf
