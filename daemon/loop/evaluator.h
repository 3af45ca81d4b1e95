// From a position to its channels' decisions: gathers the facts, runs the stages, compares with
// what was decided before, and hands what differs to the outbox.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cause.h"
#include "loop/outbox.h"
#include "loop/world.h"
#include "rules/evaluate.h"

namespace shelf {

// The facts that an evaluation of the position sees under the set that its partition goes by, as of
// the partition's time, all of them: to explain a number. Without own_reserved_milli, which
// OwnReserved gives.
Facts FactsOf(World& world, PositionId id);
// The same, but of what costs more than all stages only what one of the two plans asks for, and the
// lag as it was last computed for the store.
Facts FactsOf(World& world, PositionId id, const Plans& one, const Plans& other);

// Facts::own_reserved_milli of the position for these channels, by ChannelId. Empty when nothing of
// it is reserved, or no channel takes its own reservations off on its side; else in `memory`.
std::span<const int64_t> OwnReserved(World& world, PositionId id,
                                     std::span<const ChannelRules> channels,
                                     std::vector<int64_t>& memory);

// The part of what is reserved that a channel may not sell: for one that has taken its own
// reservations off on its side already, only what others have reserved.
int64_t ReservedMilli(World& world, PositionId id, const ChannelRules& channel);

// What was decided last of the key, and the rise that waits behind it.
SteadyKey SteadyKeyOf(World& world, PositionId id, ChannelId channel);

// Adds the stops that hold for the position at facts.now.
void AddStops(std::span<const StopFacts> stops, const Position& position, Facts& facts);

// Which numbers an evaluation lets out.
enum class Let : uint8_t {
  kAll,
  // Falls alone: of what would rise, a key's first number included, nothing is changed; it waits
  // for an evaluation that lets all out.
  kFalls,
};

class Evaluator {
 public:
  // Borrows both, which outlive it.
  Evaluator(World& world, Outbox& outbox) : world_(world), outbox_(outbox) {}

  // Evaluates all channels of a position of a live partition and schedules its next due time.
  // `cause`: what made it necessary.
  void Evaluate(PositionId id, const Cause& cause, Let let = Let::kAll);
  // The same for every position of a store, which need not be swept after that.
  void EvaluateStore(Store& store, const Cause& cause, Let let = Let::kAll);

  // The position's item has another step now: what was decided is said in the new one, in as many
  // whole ones as are in it, and the rises that waited are let go; they would be of the old one.
  // Decides nothing: where the partition is live, Evaluate follows.
  void TakeStep(PositionId id, int64_t from_milli, int64_t to_milli);

  // Records of these keys carry something that changed beside the number: published keys go out
  // again.
  void Republish(PositionId id, const Cause& cause);

  // The watermark moved without changing the lag's band: positions whose silence it decides.
  void EvaluateAwaiting(Store& store, const Cause& cause);

  // What would be decided now, with its stages, by ChannelId; of a channel that the set in force
  // for the position's partition does not have, Ineligible::kChannelRemoved. Changes nothing: a
  // rise goes on waiting, and one that does not wait yet would begin now. Valid until the next
  // call.
  std::span<const Decision> DecideAll(PositionId id);
  Decision Decide(PositionId id, ChannelId channel) { return DecideAll(id)[channel.value]; }
  // The same from other facts of the position, such as those of another instant. Without their
  // own_reserved_milli what is reserved is the channels' own as it is now.
  std::span<const Decision> DecideWith(PositionId id, const Facts& facts);

  // The partition goes live: what happened since its checkpoint is not known in between, so the
  // rises that waited then begin to wait anew.
  void BeginHoldsAnew(const Partition& partition);

  uint64_t evaluations() const { return evaluations_; }

 private:
  // Fills decisions_ with all stages but `steady`.
  void Settle(PositionId id, const Facts& facts, const Plans& plans);
  // Lets the settled decision of a key through `steady`; its step.
  SteadyStep HoldRise(PositionId id, ChannelId channel, const Facts& facts,
                      const ChannelPlan& plan);
  void NoteHold(PositionId id, ChannelId channel, const SteadyStep& step);
  // What holds of the keys' rises, before they are offered.
  void HoldRises(PositionId id, const Facts& facts, const Plans& plans, Let let);
  PartitionTime QuietDue(PositionId id, Store& store, const Facts& facts, const Plans& plans);
  void Offer(PositionId id, ChannelId channel, const Decision& decision, const Cause& cause,
             Let let);

  World& world_;
  Outbox& outbox_;
  // Of the position that is being decided.
  std::vector<Decision> decisions_;
  std::vector<int64_t> own_reserved_;
  uint64_t evaluations_ = 0;
};

}  // namespace shelf
