// Evaluates the stores that wait in a partition's SweepQueue, so many positions a tick: a change
// that concerns a whole chain neither stops the line nor fills the outbox at once. The pace is a
// number of positions and not a time, so the same log gives the same decisions at the same ticks.
// A position that an event touches meanwhile is evaluated with that event, as always.
// THREAD: the worker's.
#pragma once

#include <cstdint>

#include "loop/evaluator.h"
#include "loop/world.h"

namespace shelf {

// A constant of the program, not of its configuration: another number is another order of
// decisions.
inline constexpr int64_t kSweepPositionsPerTick = 100'000;

class Sweeps {
 public:
  // Borrows both, which outlive it. `positions_per_tick`: at least 1.
  Sweeps(World& world, Evaluator& evaluator, int64_t positions_per_tick)
      : world_(world), evaluator_(evaluator), positions_per_tick_(positions_per_tick) {}

  // Evaluates waiting stores of a live partition, each whole, until those of one tick are done: the
  // last one may go beyond. What waits after that is for its next tick.
  void Run(Partition& partition);

 private:
  World& world_;
  Evaluator& evaluator_;
  const int64_t positions_per_tick_;
};

}  // namespace shelf
