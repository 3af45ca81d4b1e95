#include "position/count_hold.h"

#include <algorithm>
#include <cstdlib>

#include "position/algebra.h"
#include "position/ring.h"
#include "position/store_state.h"

namespace shelf {
namespace {

Position Under(const Statement& statement) {
  Position anchored;
  SetAnchor(statement, 0, anchored);
  return anchored;
}

Statement BaseOf(const CountHold& hold) {
  return {.kind = AnchorKind::kBook,
          .quantity_milli = 0,
          .time = EventTime{hold.base_time_ms},
          .source = hold.base_source,
          .epoch = hold.base_epoch,
          .sequence = hold.base_sequence};
}

}  // namespace

const CountHold* HoldOf(PositionId id, const Position& position, const StoreState& store) {
  return position.Has(Position::kCountHeld) ? &store.count_holds.at(id) : nullptr;
}

Statement BookAnchor(const Position& position, const CountHold& hold) {
  return position.anchor_kind == AnchorKind::kCount ? BaseOf(hold) : AnchorOf(position);
}

HeldChange ChangeBy(const Movement& movement, const Position& position, const CountHold& hold,
                    EventTime book_complete_through) {
  const auto counts_under = [&](const Position& anchored) {
    return Counts(movement, anchored, book_complete_through) ? movement.quantity_milli : 0;
  };
  const int64_t to_view = counts_under(Under(BookAnchor(position, hold)));
  if (movement.time_ms > hold.count_time_ms) {
    // A list since the count decides alone what it knew; before one the two anchors may differ.
    const int64_t to_on_hand =
        position.anchor_kind == AnchorKind::kCount ? counts_under(position) : to_view;
    return {.on_hand_milli = to_on_hand, .correction_milli = to_on_hand - to_view};
  }
  // A list since the count may have brought the movement before it came itself; the correction was
  // worked out without it all the same.
  const bool is_book = movement.role == SourceRole::kBook;
  const int64_t from_correction = is_book ? counts_under(Under(BaseOf(hold))) : to_view;
  return {.on_hand_milli = to_view - from_correction, .correction_milli = -from_correction};
}

bool TakesCountOver(const Movement& movement, int64_t count_time_ms) {
  return movement.role == SourceRole::kBook && movement.reason == Reason::kAdjustment &&
         movement.time_ms > count_time_ms;
}

bool MoveHeld(const Movement& movement, PositionId id, Position& position, StoreState& store) {
  CountHold& hold = store.count_holds.at(id);
  const HeldChange change = ChangeBy(movement, position, hold, store.book_complete_through);
  const bool ends = TakesCountOver(movement, hold.count_time_ms);
  const int64_t held_after = position.on_hand_milli + change.on_hand_milli;
  const int64_t correction_after = hold.correction_milli + change.correction_milli;
  const int64_t view_after = held_after - correction_after;
  if (std::llabs(ends ? view_after : held_after) > kQuantityMilliMax) return false;
  if (std::max(std::llabs(view_after), std::llabs(correction_after)) > kHeldMilliMax) return false;
  position.on_hand_milli = held_after;
  hold.correction_milli = correction_after;
  if (ends) EndHold(id, position, store);
  return true;
}

void Correct(PositionId id, int64_t by_milli, StoreState& store) {
  int64_t& correction = store.count_holds.at(id).correction_milli;
  correction = std::clamp(correction + by_milli, -kHeldMilliMax, kHeldMilliMax);
}

void EndHold(PositionId id, Position& position, StoreState& store) {
  const CountHold hold = store.count_holds.at(id);
  SetAnchor(BookAnchor(position, hold), position.on_hand_milli - hold.correction_milli, position);
  position.Clear(Position::kCountHeld);
  store.count_holds.erase(id);
}

}  // namespace shelf
