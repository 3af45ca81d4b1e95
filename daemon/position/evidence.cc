#include <algorithm>
#include <cstdint>

#include "position/apply_body.h"

namespace shelf {
namespace {

// What the ring and the anchor know of evidence newer than `at`.
bool HasEvidenceAfter(EventTime at, const Position& position, const MovementRing& ring) {
  if (position.anchor_kind == AnchorKind::kCount && position.anchor_time_ms > at.ms) return true;
  for (uint32_t n = position.last_movement; n != 0 && ring.Holds(n); n = ring.At(n).previous) {
    if (ring.At(n).time_ms > at.ms && IsPresence(ring.At(n).reason)) return true;
  }
  return false;
}

}  // namespace

bool IsPresence(Reason reason) {
  return reason == Reason::kSale || reason == Reason::kReceipt || reason == Reason::kTransferIn ||
         reason == Reason::kShelfReplenishment;
}

void NotePresent(PositionId id, EventTime at, StoreState& store, PositionTable& positions) {
  Position& position = positions[id];
  if (!position.Has(Position::kNilPick)) return;
  auto it = store.nil_picks.find(id);
  if (it != store.nil_picks.end() && it->second >= at.ms) return;
  store.nil_picks.erase(id);
  position.Clear(Position::kNilPick);
}

void NoteNilPick(PositionId id, EventTime at, StoreState& store, PositionTable& positions) {
  Position& position = positions[id];
  if (HasEvidenceAfter(at, position, store.ring)) return;
  position.Set(Position::kNilPick);
  int64_t& nil_ms = store.nil_picks[id];
  nil_ms = std::max(nil_ms, at.ms);
}

}  // namespace shelf
