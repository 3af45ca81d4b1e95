#include "position/algebra.h"

#include <algorithm>
#include <cstdlib>

namespace shelf {
namespace {

bool IsLaterSequence(uint8_t epoch, uint32_t sequence, uint8_t than_epoch, uint32_t than_sequence) {
  if (epoch != than_epoch) return static_cast<int8_t>(epoch - than_epoch) > 0;
  return IsAfter(sequence, than_sequence);
}

Position Anchored(const Statement& statement) {
  Position anchored;
  SetAnchor(statement, 0, anchored);
  return anchored;
}

}  // namespace

bool Counts(const Movement& movement, const Position& anchored, EventTime book_complete_through) {
  if (movement.role == SourceRole::kEarly) {
    if (movement.time_ms <= book_complete_through.ms) return false;
    return anchored.anchor_kind == AnchorKind::kNone || movement.time_ms > anchored.anchor_time_ms;
  }
  switch (anchored.anchor_kind) {
    case AnchorKind::kNone:
      return true;
    case AnchorKind::kCount:
      return movement.time_ms > anchored.anchor_time_ms;
    case AnchorKind::kBook:
      // Another book numbers its documents in its own way: only the time can be compared.
      if (movement.source != anchored.anchor_source) {
        return movement.time_ms > anchored.anchor_time_ms;
      }
      return IsLaterSequence(movement.epoch, movement.sequence, anchored.anchor_epoch,
                             anchored.anchor_sequence);
  }
  return false;
}

int64_t Saturated(absl::int128 sum_milli) {
  constexpr int64_t kBound = 4 * kQuantityMilliMax;
  return static_cast<int64_t>(std::clamp(sum_milli, absl::int128(-kBound), absl::int128(kBound)));
}

int64_t OnHandWith(const Statement& statement, PositionId id, const StoreState& store,
                   const PositionTable& positions) {
  const Position& position = positions[id];
  const Position anchored = Anchored(statement);
  // A ring of the largest quantities sums beyond 64 bits.
  absl::int128 on_hand = statement.quantity_milli;
  on_hand += DroppedUnder(statement, id, position, store);
  for (uint32_t n = position.last_movement; n != 0 && store.ring.Holds(n);) {
    const Movement& movement = store.ring.At(n);
    if (Counts(movement, anchored, store.book_complete_through)) {
      on_hand += movement.quantity_milli;
    }
    n = movement.previous;
  }
  return Saturated(on_hand);
}

bool Supersedes(const Statement& statement, int64_t on_hand_milli, const Position& position) {
  if (position.anchor_kind == AnchorKind::kNone) return true;
  const bool same_source = statement.source == position.anchor_source;
  const bool later_in_sequence = IsLaterSequence(statement.epoch, statement.sequence,
                                                 position.anchor_epoch, position.anchor_sequence);
  const bool both_lists =
      statement.kind == AnchorKind::kBook && position.anchor_kind == AnchorKind::kBook;
  if (both_lists && same_source) return later_in_sequence;
  if (!same_source && std::llabs(statement.time.ms - position.anchor_time_ms) <= kClockSkewMs) {
    return on_hand_milli < position.on_hand_milli;
  }
  if (statement.time.ms != position.anchor_time_ms) {
    return statement.time.ms > position.anchor_time_ms;
  }
  return later_in_sequence;
}

bool IsLaterInBook(const Statement& said, const Statement& before) {
  if (said.source != before.source) return said.time > before.time;
  return IsLaterSequence(said.epoch, said.sequence, before.epoch, before.sequence);
}

Statement AnchorOf(const Position& position) {
  return {.kind = position.anchor_kind,
          .quantity_milli = 0,
          .time = EventTime{position.anchor_time_ms},
          .source = position.anchor_source,
          .epoch = position.anchor_epoch,
          .sequence = position.anchor_sequence};
}

void SetAnchor(const Statement& statement, int64_t on_hand_milli, Position& position) {
  position.anchor_kind = statement.kind;
  position.anchor_time_ms = statement.time.ms;
  position.anchor_source = statement.source;
  position.anchor_epoch = statement.epoch;
  position.anchor_sequence = statement.sequence;
  position.on_hand_milli = on_hand_milli;
}

}  // namespace shelf
