#include "loop/rules_reason.h"

namespace shelf {
namespace {

uint16_t RuleOf(const ChannelPlan& plan, Stage stage) {
  switch (stage) {
    case Stage::kSyncLag:
      return plan.sync_lag_rule;
    case Stage::kPresence:
      return plan.presence_rule;
    case Stage::kSafetyStock:
      return plan.safety_stock_rule;
    case Stage::kAllocation:
      return plan.allocation_rule;
    case Stage::kLimits:
      return plan.limits_rule;
    case Stage::kSteady:
      return plan.steady_rule;
    case Stage::kEligibility:
      break;
  }
  return StageOutcome::kNoRule;
}

const RuleInfo* InfoOf(const ChannelRules& channel, const ChannelPlan& plan, Stage stage) {
  const uint16_t rule = RuleOf(plan, stage);
  return rule == StageOutcome::kNoRule ? nullptr : &channel.rules[rule];
}

// The stage that adds the most to the difference. One that takes less because another one took
// more pulls the other way and is none of its causes.
RulesReason LargestPart(const Decision& before, const Decision& after) {
  const int64_t rises = after.sellable > before.sellable ? 1 : -1;
  RulesReason reason{.kind = RulesReason::Kind::kReservations};
  int64_t largest_milli = rises * (after.base_milli - before.base_milli);
  for (const Stage stage : kAllStages) {
    const auto at = static_cast<size_t>(stage);
    const int64_t part_milli =
        rises * (before.stages[at].withheld_milli - after.stages[at].withheld_milli);
    if (part_milli <= largest_milli) continue;
    largest_milli = part_milli;
    reason = {.kind = RulesReason::Kind::kStage, .stage = stage};
  }
  return reason;
}

}  // namespace

std::string_view RulesReasonName(const RulesReason& reason) {
  switch (reason.kind) {
    case RulesReason::Kind::kStage:
      break;
    case RulesReason::Kind::kChannelAdded:
      return "channel_added";
    case RulesReason::Kind::kChannelRemoved:
      return "channel_removed";
    case RulesReason::Kind::kReservations:
      return "own_reservations_taken_off";
    case RulesReason::Kind::kLimitedAt:
      return "limited_at";
  }
  return StageName(reason.stage);
}

RulesReason ReasonOf(const ProposedRules& rules, ChannelId channel) {
  const Decision& before = rules.before()[channel.value];
  const Decision& after = rules.after()[channel.value];
  if (before.ineligible == Ineligible::kChannelRemoved) {
    return {.kind = RulesReason::Kind::kChannelAdded};
  }
  if (after.ineligible == Ineligible::kChannelRemoved) {
    return {.kind = RulesReason::Kind::kChannelRemoved};
  }
  if (before.sellable == after.sellable) return {.kind = RulesReason::Kind::kLimitedAt};
  RulesReason reason = LargestPart(before, after);
  if (reason.kind != RulesReason::Kind::kStage) return reason;
  reason.rule_before =
      InfoOf(*rules.rules_before(channel), *rules.plan_before(channel), reason.stage);
  reason.rule_after = InfoOf(rules.rules_after(channel), rules.plan_after(channel), reason.stage);
  return reason;
}

}  // namespace shelf
