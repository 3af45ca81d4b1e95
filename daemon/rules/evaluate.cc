#include <algorithm>
#include <limits>

#include "rules/eligibility.h"
#include "rules/limits.h"
#include "rules/presence.h"
#include "rules/rule_set.h"
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

Status StatusOf(int64_t sellable_milli, int64_t limited_at_milli) {
  if (sellable_milli == 0) return Status::kOutOfStock;
  return sellable_milli <= limited_at_milli ? Status::kLimited : Status::kInStock;
}

// A quantity on its way through the stages. Each passage books what the stage took off, with the
// rule that did; a stage that took nothing names no rule.
class Passage {
 public:
  explicit Passage(Decision& decision) : decision_(decision), milli_(decision.base_milli) {}

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

void ThroughLimits(const Facts& facts, const ChannelPlan& plan, Decision& decision,
                   Passage& passage) {
  const int64_t in = passage.milli();
  const int64_t bounded = plan.limits ? AfterLimits(in, *plan.limits) : in;
  decision.sellable = WholeSteps(bounded, facts.step_milli);
  // Rounding alone is the stage's built-in part.
  const uint16_t rule = bounded == in ? StageOutcome::kNoRule : plan.limits_rule;
  passage.Through(Stage::kLimits, decision.sellable * facts.step_milli, rule);
}

}  // namespace

Decision Evaluate(const Facts& facts, ChannelId channel, const ChannelRules& rules,
                  const ChannelPlan& plan) {
  Decision decision;
  decision.base_milli = Base(facts.on_hand_milli, facts.reserved_milli);
  decision.ineligible = rules.retired ? Ineligible::kChannelRemoved : WhyIneligible(facts, channel);
  if (decision.ineligible == Ineligible::kStopped) decision.until = facts.stops_until;

  Passage passage(decision);
  if (decision.ineligible != Ineligible::kNo) {
    passage.Through(Stage::kEligibility, 0, StageOutcome::kNoRule);
    return decision;
  }
  if (!plan.sync_lag.empty()) {
    passage.Through(Stage::kSyncLag,
                    AfterSyncLag(passage.milli(), facts.lag_ms, facts.step_milli, plan.sync_lag),
                    plan.sync_lag_rule);
  }
  if (plan.presence) {
    passage.Through(Stage::kPresence, AfterPresence(passage.milli(), facts, *plan.presence),
                    plan.presence_rule);
  }
  if (plan.safety_stock) {
    passage.Through(Stage::kSafetyStock, AfterSafetyStock(passage.milli(), *plan.safety_stock),
                    plan.safety_stock_rule);
  }
  ThroughLimits(facts, plan, decision, passage);
  decision.status = StatusOf(passage.milli(), rules.limited_at_milli);
  return decision;
}

}  // namespace shelf
