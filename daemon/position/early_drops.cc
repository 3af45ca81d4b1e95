#include "position/early_drops.h"

#include <algorithm>
#include <limits>

#include "position/algebra.h"
#include "position/apply.h"
#include "position/watermark.h"

namespace shelf {
namespace {

// Whether the movement is part of what the book view holds now.
bool CountsNow(const Movement& movement, PositionId id, const Position& position,
               const StoreState& store) {
  if (const CountHold* hold = HoldOf(id, position, store)) {
    const HeldChange change = ChangeBy(movement, position, *hold, store.book_complete_through);
    return change.on_hand_milli != 0 || change.correction_milli != 0;
  }
  return Counts(movement, position, store.book_complete_through);
}

void Forget(PositionId id, Position& position, StoreState& store) {
  store.early_drops.erase(id);
  position.Clear(Position::kEarlyDropped);
}

}  // namespace

Movement AsMovement(const EarlyDrop& drop) {
  Movement movement;
  movement.time_ms = drop.newest_ms;
  movement.quantity_milli = drop.quantity_milli;
  movement.role = SourceRole::kEarly;
  return movement;
}

void NoteOldestDropped(StoreState& store, PositionTable& positions) {
  const Movement& movement = store.ring.At(store.ring.first());
  if (movement.role != SourceRole::kEarly) return;
  const PositionId id = store.index.Find(movement.sku, positions);
  Position& position = positions[id];
  if (!CountsNow(movement, id, position, store)) return;
  EarlyDrop& drop = store.early_drops[id];
  drop.quantity_milli = Saturated(absl::int128(drop.quantity_milli) + movement.quantity_milli);
  drop.newest_ms = std::max(drop.newest_ms, movement.time_ms);
  store.early_drops_due_ms = std::min(store.early_drops_due_ms, drop.newest_ms);
  position.Set(Position::kEarlyDropped);
  positions.MarkDirty(id);
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
    if (drop.newest_ms <= store.book_complete_through.ms) {
      due.push_back(id);
    } else {
      store.early_drops_due_ms = std::min(store.early_drops_due_ms, drop.newest_ms);
    }
  }
  // The table's order is not the log's.
  std::sort(due.begin(), due.end(), [](PositionId a, PositionId b) { return a.value < b.value; });
  for (const PositionId id : due) {
    const Movement movement = AsMovement(store.early_drops.at(id));
    Forget(id, context.positions[id], store);
    DropCovered(movement, id, store, context);
    context.positions.MarkDirty(id);
  }
}

void ForgetCoveredDrop(PositionId id, Position& position, StoreState& store) {
  if (!position.Has(Position::kEarlyDropped)) return;
  const CountHold* const hold = HoldOf(id, position, store);
  // Under a hold the book view still holds what the count covers.
  const int64_t covered_ms =
      hold != nullptr ? BookAnchor(position, *hold).time.ms : position.anchor_time_ms;
  if (store.early_drops.at(id).newest_ms <= covered_ms) Forget(id, position, store);
}

void RestoreEarlyDrop(PositionId id, const EarlyDrop& drop, StoreState& store) {
  store.early_drops[id] = drop;
  store.early_drops_due_ms = std::min(store.early_drops_due_ms, drop.newest_ms);
}

}  // namespace shelf
