#include "loop/sweeps.h"

namespace shelf {

void Sweeps::Run(Partition& partition) {
  SweepQueue::Turn turn;
  for (int64_t left = positions_per_tick_; left > 0 && partition.sweeps.Next(turn);) {
    Store& store = world_.StoreOf(turn.store);
    evaluator_.EvaluateStore(store, turn.cause, turn.falls_only ? Let::kFalls : Let::kAll);
    left -= store.state.index.size();
  }
}

}  // namespace shelf
