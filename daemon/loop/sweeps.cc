#include "loop/sweeps.h"

#include <algorithm>

namespace shelf {
namespace {

// Of the positions of a tick.
constexpr int64_t kOwedShare = 4;

// Positions' own rises wait, and no fall that does has waited as long.
bool LateRisesAreOwed(Partition& partition) {
  return partition.wheel.late_rises() > 0 && partition.wheel.due() == 0 &&
         partition.sweeps.FallsAreDone(partition.late_rises_since);
}

bool RisesAreOwed(Partition& partition) {
  return LateRisesAreOwed(partition) || partition.sweeps.RisesAreOwed();
}

}  // namespace

void Sweeps::Run(Partition& partition, const Cause& cause) {
  SweepQueue& stores = partition.sweeps;
  const int64_t for_stores = stores.empty() ? 0 : positions_per_tick_ / 2;
  const int64_t due = RunDue(partition, cause, positions_per_tick_ - for_stores);
  int64_t left = positions_per_tick_ - due;
  if (!stores.empty()) left = std::max<int64_t>(1, left);

  const int64_t owed = positions_per_tick_ / kOwedShare;
  const int64_t owed_at_least = std::min(left, std::max<int64_t>(1, owed));
  SweepQueue::Turn turn;
  while (left > (RisesAreOwed(partition) ? owed : 0) && stores.NextFirst(turn)) {
    left -= RunStore(turn);
  }

  if (!RisesAreOwed(partition)) return;
  left = std::max(left, owed_at_least);
  if (LateRisesAreOwed(partition)) left -= RunLateRises(partition, cause, left);
  while (left > 0 && stores.NextLast(turn)) left -= RunStore(turn);
}

int64_t Sweeps::RunStore(const SweepQueue::Turn& turn) {
  Store& store = world_.StoreOf(turn.store);
  evaluator_.EvaluateStore(store, turn.cause, turn.falls_only ? Let::kFalls : Let::kAll);
  return store.state.index.size();
}

int64_t Sweeps::RunDue(Partition& partition, const Cause& cause, int64_t positions_max) {
  TimerWheel& wheel = partition.wheel;
  if (wheel.late_rises() == 0) partition.late_rises_since = cause.offset;
  const bool fits = wheel.late_rises() == 0 && wheel.due() <= positions_max;
  int64_t done = 0;
  for (PositionId id; done < positions_max && wheel.TakeDue(id); ++done) {
    evaluator_.Evaluate(id, cause, fits ? Let::kAll : Let::kFalls);
    if (!fits) wheel.AddLateRise(id);
  }
  return done;
}

int64_t Sweeps::RunLateRises(Partition& partition, const Cause& cause, int64_t positions_max) {
  int64_t done = 0;
  for (PositionId id; done < positions_max && partition.wheel.TakeLateRise(id); ++done) {
    evaluator_.Evaluate(id, cause);
  }
  return done;
}

}  // namespace shelf
