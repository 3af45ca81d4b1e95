#include "rules/evaluate.h"

#include <algorithm>
#include <array>
#include <limits>

#include "rules/allocation.h"
#include "rules/eligibility.h"
#include "rules/limits.h"
#include "rules/presence.h"
#include "rules/safety_stock.h"
#include "rules/sync_lag.h"

namespace shelf {
namespace {

int64_t Base(int64_t on_hand_milli, int64_t reserved_milli) {
  int64_t free = 0;
  if (__builtin_sub_overflow(on_hand_milli, reserved_milli, &free)) {
    free = on_hand_milli < 0 ? 0 : std::numeric_limits<int64_t>::max();
  }
  return std::max<int64_t>(0, free);
}

int64_t BaseOf(const Facts& facts, size_t channel) {
  const int64_t own = facts.own_reserved_milli.empty() ? 0 : facts.own_reserved_milli[channel];
  return Base(facts.on_hand_milli, facts.reserved_milli - own);
}

Status StatusOf(int64_t sellable_milli, int64_t limited_at_milli) {
  if (sellable_milli == 0) return Status::kOutOfStock;
  return sellable_milli <= limited_at_milli ? Status::kLimited : Status::kInStock;
}

// A quantity on its way through the stages. Each passage books what the stage took off, with the
// rule that did; a stage that took nothing names no rule.
class Passage {
 public:
  Passage(int64_t milli, Decision& decision) : decision_(decision), milli_(milli) {}

  int64_t milli() const { return milli_; }

  void Through(Stage stage, int64_t out_milli, uint16_t rule) {
    if (out_milli == milli_) return;
    decision_.stages[static_cast<size_t>(stage)] = {milli_ - out_milli, rule};
    milli_ = out_milli;
  }

 private:
  Decision& decision_;
  int64_t milli_;
};

// What the stages before `allocation` let through.
int64_t ThroughOwnStages(const Facts& facts, const ChannelPlan& plan, Decision& decision) {
  Passage passage(decision.base_milli, decision);
  if (decision.ineligible != Ineligible::kNo) {
    passage.Through(Stage::kEligibility, 0, StageOutcome::kNoRule);
    return 0;
  }
  if (!plan.sync_lag.empty()) {
    passage.Through(Stage::kSyncLag,
                    AfterSyncLag(passage.milli(), facts.lag_ms, facts.step_milli, plan.sync_lag),
                    plan.sync_lag_rule);
  }
  if (plan.presence != nullptr) {
    passage.Through(Stage::kPresence, AfterPresence(passage.milli(), facts, *plan.presence),
                    plan.presence_rule);
  }
  if (plan.safety_stock != nullptr) {
    passage.Through(Stage::kSafetyStock,
                    AfterSafetyStock(passage.milli(), facts.sales_rate, *plan.safety_stock),
                    plan.safety_stock_rule);
  }
  return passage.milli();
}

void ThroughLimits(const Facts& facts, const ChannelPlan& plan, Passage& passage,
                   Decision& decision) {
  const int64_t in = passage.milli();
  const int64_t bounded = plan.limits != nullptr ? AfterLimits(in, *plan.limits) : in;
  decision.sellable = WholeSteps(bounded, facts.step_milli);
  // Rounding alone is the stage's built-in part.
  const uint16_t rule = bounded == in ? StageOutcome::kNoRule : plan.limits_rule;
  passage.Through(Stage::kLimits, decision.sellable * facts.step_milli, rule);
}

// By ChannelId, thousandths on their way.
using Quantities = std::array<int64_t, kChannelsMax>;

// One group: `members` of it, those who go first in front.
void ThroughAllocation(const Facts& facts, std::span<const ChannelId> members, const Plans& plans,
                       Quantities& milli, std::span<Decision> decisions) {
  const int64_t shared_milli = Base(facts.on_hand_milli, facts.reserved_milli);
  std::array<Sharer, kChannelsMax> sharers;
  for (size_t i = 0; i < members.size(); ++i) {
    const size_t c = members[i].value;
    const int64_t own = decisions[c].base_milli - shared_milli;
    sharers[i] = {.share = plans[c].allocation->share,
                  .wanted = StepsWanted(milli[c], own, facts.step_milli),
                  .granted = 0};
  }
  const size_t group = plans[members.front().value].allocation->group;
  ShareOut(GroupSteps(shared_milli, plans.groups()[group].overcommit_micro, facts.step_milli),
           std::span(sharers).first(members.size()));
  for (size_t i = 0; i < members.size(); ++i) {
    const size_t c = members[i].value;
    const int64_t own = decisions[c].base_milli - shared_milli;
    Passage passage(milli[c], decisions[c]);
    const bool rounds_alone = sharers[i].granted == sharers[i].wanted;
    passage.Through(Stage::kAllocation,
                    AfterAllocation(milli[c], own, sharers[i], facts.step_milli),
                    rounds_alone ? StageOutcome::kNoRule : plans[c].allocation_rule);
    milli[c] = passage.milli();
  }
}

void ThroughAllocations(const Facts& facts, const Plans& plans, Quantities& milli,
                        std::span<Decision> decisions) {
  std::span<const ChannelId> left = plans.sharing();
  while (!left.empty()) {
    const uint8_t group = plans[left.front().value].allocation->group;
    const auto end = std::find_if(left.begin(), left.end(), [&](ChannelId channel) {
      return plans[channel.value].allocation->group != group;
    });
    const auto members = static_cast<size_t>(end - left.begin());
    ThroughAllocation(facts, left.first(members), plans, milli, decisions);
    left = left.subspan(members);
  }
}

void Begin(const Facts& facts, ChannelId channel, const ChannelRules& rules, Decision& decision) {
  decision = Decision{};
  decision.base_milli = BaseOf(facts, channel.value);
  decision.ineligible = rules.retired ? Ineligible::kChannelRemoved : WhyIneligible(facts, channel);
  if (decision.ineligible == Ineligible::kStopped) decision.until = facts.stops_until;
}

}  // namespace

void EvaluateAll(const Facts& facts, std::span<const ChannelRules> channels, const Plans& plans,
                 std::span<Decision> decisions) {
  Quantities milli;
  for (size_t c = 0; c < channels.size(); ++c) {
    Begin(facts, ChannelId(static_cast<uint16_t>(c)), channels[c], decisions[c]);
    milli[c] = ThroughOwnStages(facts, plans[c], decisions[c]);
  }
  if (!plans.sharing().empty()) ThroughAllocations(facts, plans, milli, decisions);
  for (size_t c = 0; c < channels.size(); ++c) {
    Passage passage(milli[c], decisions[c]);
    ThroughLimits(facts, plans[c], passage, decisions[c]);
    decisions[c].status = StatusOf(passage.milli(), channels[c].limited_at_milli);
  }
  for (Decision& beyond : decisions.subspan(channels.size())) {
    beyond = Decision{};
    beyond.ineligible = Ineligible::kChannelRemoved;
  }
}

void PassSteady(const SteadyStep& step, int64_t step_milli, const ChannelRules& channel,
                const ChannelPlan& plan, Decision& decision) {
  decision.until = std::min(decision.until, step.until);
  Passage passage(decision.sellable * step_milli, decision);
  passage.Through(Stage::kSteady, step.sellable * step_milli, plan.steady_rule);
  decision.sellable = step.sellable;
  decision.status = StatusOf(passage.milli(), channel.limited_at_milli);
}

SteadyStep StepSteady(const SteadyKey& key, PartitionTime now, int64_t step_milli,
                      const ChannelRules& channel, const ChannelPlan& plan, Decision& decision) {
  const int64_t rise_after_ms = plan.steady != nullptr ? plan.steady->rise_after_ms : 0;
  const SteadyStep step = AfterSteady(decision.sellable, key.decided, key.hold, now, rise_after_ms);
  PassSteady(step, step_milli, channel, plan, decision);
  return step;
}

}  // namespace shelf
