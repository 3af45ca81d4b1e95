// Evaluates what many positions wait for at once, so many of them a tick: the stores in a
// partition's SweepQueue, and the positions whose own time has come (a stop's expiry, rises that
// were held back together). A change that concerns a whole chain neither stops the line nor fills
// the outbox at once. The pace is a number of positions and not a time, so the same log gives the
// same decisions at the same ticks. A position that an event touches meanwhile is evaluated with
// that event, as always.
// THREAD: the worker's.
#pragma once

#include <cstdint>

#include "base/cause.h"
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

  // Evaluates what waits in a live partition until the positions of one tick are done; what waits
  // after that is for its next tick. `cause`: of those whose time has come.
  // - Those come first, with half of the positions at most while stores wait. Where they are more,
  //   all their falls go before their rises.
  // - Stores are evaluated whole: the last one may go beyond. Falls go before rises, but of each
  //   tick a quarter is for rises that are owed.
  void Run(Partition& partition, const Cause& cause);

 private:
  // How many positions it took, `positions_max` at most.
  int64_t RunDue(Partition& partition, const Cause& cause, int64_t positions_max);
  int64_t RunLateRises(Partition& partition, const Cause& cause, int64_t positions_max);
  int64_t RunStore(const SweepQueue::Turn& turn);

  World& world_;
  Evaluator& evaluator_;
  const int64_t positions_per_tick_;
};

}  // namespace shelf
