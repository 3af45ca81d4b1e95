// From a position to its channels' decisions: gathers the facts, runs the stages, compares with
// what was decided before, and hands what differs to the outbox.
// THREAD: the worker's.
#pragma once

#include <cstdint>

#include "base/cause.h"
#include "loop/outbox.h"
#include "loop/world.h"

namespace shelf {

// The facts an evaluation of the position would see now. Also used to explain a number.
// What is reserved is all that is reserved.
Facts FactsOf(World& world, PositionId id);

// The part of what is reserved that a channel may not sell: for one that has taken its own
// reservations off on its side already, only what others have reserved.
int64_t ReservedMilli(World& world, PositionId id, const ChannelRules& channel);

class Evaluator {
 public:
  // Borrows both, which outlive it.
  Evaluator(World& world, Outbox& outbox) : world_(world), outbox_(outbox) {}

  // Evaluates all channels of a position of a live partition and schedules its next due time.
  // `cause`: what made it necessary.
  void Evaluate(PositionId id, const Cause& cause);
  // The same for every position of a store, of a partition.
  void EvaluateStore(Store& store, const Cause& cause);
  void EvaluatePartition(Partition& partition, const Cause& cause);

  // Records of these keys carry something that changed beside the number: published keys go out
  // again.
  void Republish(PositionId id, const Cause& cause);

  // The watermark moved without changing the lag's band: positions whose silence it decides.
  void EvaluateAwaiting(Store& store, const Cause& cause);

  // One channel's decision as it would be now, with its stages.
  Decision Decide(PositionId id, ChannelId channel);

  uint64_t evaluations() const { return evaluations_; }

 private:
  PartitionTime QuietDue(PositionId id, Store& store, const Facts& facts);
  void Offer(PositionId id, ChannelId channel, const Decision& decision, const Cause& cause);

  World& world_;
  Outbox& outbox_;
  uint64_t evaluations_ = 0;
};

}  // namespace shelf
