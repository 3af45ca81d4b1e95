#include "loop/outlook.h"

#include <algorithm>
#include <vector>

#include "loop/evaluator.h"
#include "loop/lag.h"
#include "position/algebra.h"
#include "rules/evaluate.h"

namespace shelf {
namespace {

int64_t HeldMilli(const Reservation& record, PositionId id) {
  const auto line = std::find_if(record.lines.begin(), record.lines.end(),
                                 [&](const Reservation::Line& l) { return l.position == id; });
  return line == record.lines.end() ? 0 : line->held_milli;
}

// A key as it would be later, instant by instant, in their order.
class Later {
 public:
  Later(World& world, PositionId id, ChannelId channel)
      : world_(world),
        id_(id),
        channel_(channel),
        store_(world.StoreOf(id)),
        key_(SteadyKeyOf(world, id, channel)) {}

  // What would be decided at `at`, after what was decided at the instants asked for before.
  Decision DecideAt(PartitionTime at) {
    const Facts facts = FactsAt(at);
    RuleSet& rules = *world_.RulesOf(store_).set;
    const std::vector<ChannelRules>& channels = rules.channels();
    const Plans plans = rules.Plan(facts.store_class, facts.item_class);
    decisions_.resize(channels.size());
    EvaluateAll(facts, channels, plans, decisions_);
    const size_t c = channel_.value;
    Decision& decision = decisions_[c];
    const SteadyStep step = StepSteady(key_, at, facts.step_milli, channels[c], plans[c], decision);
    key_.hold = step.hold;
    // Before its first record a key that may not be sold has no number.
    if (key_.decided.has_value() || decision.ineligible == Ineligible::kNo) {
      key_.decided = step.sellable;
    }
    return decision;
  }

  // The first instant after `at` at which the answer may be another than `decision`, given then.
  PartitionTime Next(PartitionTime at, const Decision& decision) {
    PartitionTime next = NextLagChange(store_, world_.PartitionOf(store_), at);
    if (decision.until > at) next = std::min(next, decision.until);
    VisitReservations([&](const Reservation& record) {
      if (record.hold_end() > at) next = std::min(next, record.hold_end());
    });
    return next;
  }

 private:
  Facts FactsAt(PartitionTime at) {
    Facts facts = FactsOf(world_, id_);
    facts.now = at;
    facts.lag_ms = LagMsAt(store_, world_.PartitionOf(store_), at);
    facts.stopped = 0;
    facts.stops_until = kNever;
    AddStops(world_.stops, world_.positions[id_], facts);
    SetReserved(at, facts);
    return facts;
  }

  void SetReserved(PartitionTime at, Facts& facts) {
    const std::vector<ChannelRules>& channels = world_.RulesOf(store_).set->channels();
    OwnReserved(world_, id_, channels, own_reserved_);
    absl::int128 ended = 0;
    VisitReservations([&](const Reservation& record) {
      if (record.hold_end() > at) return;
      const int64_t held_milli = HeldMilli(record, id_);
      ended += held_milli;
      for (size_t c = 0; c < own_reserved_.size(); ++c) {
        const bool own =
            channels[c].own_reservations_taken_off && record.channel == channels[c].name;
        if (own) own_reserved_[c] -= held_milli;
      }
    });
    facts.reserved_milli = Saturated(absl::int128(facts.reserved_milli) - ended);
    facts.own_reserved_milli = own_reserved_;
  }

  template <typename Visit>
  void VisitReservations(const Visit& visit) const {
    if (!world_.positions[id_].Has(Position::kReserved)) return;
    for (const auto& [name, record] : store_.state.reservations.by_name()) {
      if (HeldMilli(record, id_) > 0) visit(record);
    }
  }

  World& world_;
  const PositionId id_;
  const ChannelId channel_;
  const Store& store_;
  SteadyKey key_;
  std::vector<Decision> decisions_;
  std::vector<int64_t> own_reserved_;
};

bool SameAnswer(const Decision& a, const Decision& b) {
  return a.sellable == b.sellable && a.status == b.status;
}

}  // namespace

Outlook OutlookOf(World& world, PositionId id, ChannelId channel) {
  Outlook outlook;
  const Partition& partition = world.PartitionOf(world.StoreOf(id));
  if (!partition.time_known) return outlook;
  if (channel.value >= partition.rules->set->channels().size()) return outlook;
  Later later(world, id, channel);
  PartitionTime at = partition.now;
  const Decision now = later.DecideAt(at);
  Decision then = now;
  for (int looked = 0; looked < kOutlookInstantsMax; ++looked) {
    at = later.Next(at, then);
    if (at == kNever) return outlook;
    then = later.DecideAt(at);
    if (SameAnswer(now, then)) continue;
    outlook.change = {.at = at, .decision = then};
    return outlook;
  }
  outlook.looked_until = at;
  return outlook;
}

}  // namespace shelf
