#include "position/sweep.h"

#include <algorithm>

#include "position/apply_body.h"
#include "position/statement.h"

namespace shelf {
namespace {

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
                        IsAfter(movement.sequence, static_cast<uint32_t>(list.begin_sequence)) &&
                        IsAfter(static_cast<uint32_t>(list.end_sequence), movement.sequence);
    if (within && movement.time_ms > list.as_of.ms) kept += movement.quantity_milli;
  }
  return {.kind = AnchorKind::kBook,
          .quantity_milli = Saturated(kept),
          .time = list.as_of,
          .source = source,
          .epoch = epoch,
          .sequence = static_cast<uint32_t>(list.end_sequence)};
}

// Calls visit(id, outcome) for each position that the sweep would change.
template <typename Visit>
void ForEachSwept(const StoreState& store, uint8_t source, const PositionTable& positions,
                  const Visit& visit) {
  store.index.ForEach([&](PositionId id) {
    const Position& position = positions[id];
    if (position.Has(Position::kMentioned)) return;
    const Outcome outcome = OutcomeOf(Absence(position, store, source), id, store, positions);
    if (outcome.changes && !outcome.overflow) visit(id, outcome);
  });
}

bool BringsToNothing(const Position& position, const Outcome& outcome) {
  return position.on_hand_milli > 0 && outcome.on_hand_milli <= 0;
}

void Sweep(StoreState& store, uint8_t source, ApplyContext& context) {
  ForEachSwept(store, source, context.positions, [&](PositionId id, const Outcome& outcome) {
    ApplyOutcome(outcome, id, store, context.positions);
    context.positions.MarkDirty(id);
    context.touched.push_back(id);
  });
}

void Finish(StoreState& store, uint8_t source_index, ApplyContext& context) {
  Sweep(store, source_index, context);
  SourceState& source = store.sources[source_index];
  source.sequence.HealThrough(store.list.begin_sequence);
  source.awaiting_resync = false;
  source.list_wanted = false;
  if (store.state_lost) store.listed_through = std::max(store.listed_through, store.list.as_of);
  if (store.list.has_claim) source.sequence.Claim(store.list.end_sequence, store.list.as_of);
  DropList(store, context);
}

RejectReason Decide(const Event& decision, StoreState& store, ApplyContext& context) {
  const ListState& list = store.list;
  if (!list.held || list.id != decision.document) return RejectReason::kNoSuchList;
  const uint8_t source = list.source;
  if (decision.list_action == ListAction::kDrop) {
    DropList(store, context);
    store.sources[source].list_wanted = true;
    return RejectReason::kNone;
  }
  if (IsTooOldToRelease(store)) return RejectReason::kListTooOld;
  Finish(store, source, context);
  return RejectReason::kNone;
}

}  // namespace

bool NeedsOperator(const SweepForecast& forecast) {
  return forecast.to_zero > kSweepPositionsMax &&
         uint64_t{forecast.to_zero} * 100 > uint64_t{forecast.in_stock} * kSweepPercentMax;
}

SweepForecast Forecast(const StoreState& store, uint8_t source, const PositionTable& positions) {
  SweepForecast forecast;
  store.index.ForEach([&](PositionId id) {
    if (positions[id].on_hand_milli > 0) ++forecast.in_stock;
  });
  ForEachSwept(store, source, positions, [&](PositionId id, const Outcome& outcome) {
    if (BringsToNothing(positions[id], outcome)) ++forecast.to_zero;
  });
  return forecast;
}

std::vector<PositionId> LargestSwept(const StoreState& store, uint8_t source,
                                     const PositionTable& positions, size_t count) {
  std::vector<PositionId> swept;
  ForEachSwept(store, source, positions, [&](PositionId id, const Outcome& outcome) {
    if (BringsToNothing(positions[id], outcome)) swept.push_back(id);
  });
  std::sort(swept.begin(), swept.end(), [&](PositionId a, PositionId b) {
    const int64_t a_milli = positions[a].on_hand_milli;
    const int64_t b_milli = positions[b].on_hand_milli;
    return a_milli != b_milli ? a_milli > b_milli : a.value < b.value;
  });
  if (swept.size() > count) swept.resize(count);
  return swept;
}

bool IsTooOldToRelease(const StoreState& store) {
  return store.ring.complete_after() >= store.list.as_of;
}

void EndList(StoreState& store, uint8_t source, ApplyContext& context) {
  const SweepForecast forecast = Forecast(store, source, context.positions);
  if (!NeedsOperator(forecast)) return Finish(store, source, context);
  store.list.held = true;
  store.list.source = source;
  store.list.held_since = context.now;
  store.list.forecast = forecast;
}

ApplyResult DecideList(const Event& decision, StoreState& store, ApplyContext& context) {
  ApplyResult result;
  const Standing before = StandingOf(store);
  result.reject = Decide(decision, store, context);
  if (result.reject == RejectReason::kNone) Conclude(before, store, context, result);
  return result;
}

}  // namespace shelf
