#include "rules/settings.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace shelf {
namespace {

template <typename Rule>
void Point(const std::optional<Rule>& rule, Stage stage, const Rule*& to, uint16_t& number) {
  if (!rule) return;
  to = &*rule;
  number = RuleOf(stage);
}

}  // namespace

ChannelPlan ChannelSetting::Plan() const {
  ChannelPlan plan;
  if (!sync_lag.empty()) plan.sync_lag_rule = RuleOf(Stage::kSyncLag);
  plan.sync_lag = sync_lag;
  Point(presence, Stage::kPresence, plan.presence, plan.presence_rule);
  Point(safety_stock, Stage::kSafetyStock, plan.safety_stock, plan.safety_stock_rule);
  Point(allocation, Stage::kAllocation, plan.allocation, plan.allocation_rule);
  Point(limits, Stage::kLimits, plan.limits, plan.limits_rule);
  return plan;
}

std::vector<Decision> Settings::Decide(const Facts& facts) const {
  Plans::Body body;
  std::vector<ChannelRules> rules;
  for (const ChannelSetting& channel : channels) {
    if (channel.allocation) body.sharing.emplace_back(static_cast<uint16_t>(rules.size()));
    body.channels.push_back(channel.Plan());
    rules.push_back(channel.rules);
  }
  // Who goes first stands in front, group by group; the channels stand in the order of the file.
  std::stable_sort(body.sharing.begin(), body.sharing.end(), [&](ChannelId a, ChannelId b) {
    const ChannelSetting& left = channels[a.value];
    const ChannelSetting& right = channels[b.value];
    if (left.allocation->group != right.allocation->group) {
      return left.allocation->group < right.allocation->group;
    }
    return left.rules.priority > right.rules.priority;
  });
  body.groups = groups;
  std::vector<Decision> decisions(channels.size());
  EvaluateAll(facts, rules, Plans(body), decisions);
  return decisions;
}

Facts OnHand(int64_t milli, int64_t step_milli) {
  Facts facts;
  facts.on_hand_milli = milli;
  facts.step_milli = step_milli;
  return facts;
}

int64_t Withheld(const Decision& decision) {
  return std::accumulate(decision.stages.begin(), decision.stages.end(), int64_t{0},
                         [](int64_t sum, const StageOutcome& s) { return sum + s.withheld_milli; });
}

const StageOutcome& At(const Decision& decision, Stage stage) {
  return decision.stages[static_cast<size_t>(stage)];
}

bool Same(const Decision& a, const Decision& b) {
  const bool same_stages =
      std::equal(a.stages.begin(), a.stages.end(), b.stages.begin(),
                 [](const StageOutcome& x, const StageOutcome& y) {
                   return x.withheld_milli == y.withheld_milli && x.rule == y.rule;
                 });
  return same_stages && a.base_milli == b.base_milli && a.sellable == b.sellable &&
         a.status == b.status && a.ineligible == b.ineligible && a.until == b.until;
}

int64_t Generator::Number(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
}

Facts Generator::SomeFacts(size_t channels) {
  static constexpr int64_t kSteps[] = {1, 10, 100, 1000, 5000};
  Facts facts;
  facts.on_hand_milli = Chance(5) ? Number(-1'000'000, 0) : Number(-2'000, 60'000);
  if (Chance(5)) facts.on_hand_milli = std::numeric_limits<int64_t>::max() - Number(0, 10);
  facts.step_milli = kSteps[Number(0, 4)];
  facts.stopped = Chance(3) ? static_cast<ChannelSet>(Number(0, 63)) : 0;
  facts.blocked = Chance(3) ? static_cast<ChannelSet>(Number(0, 63)) : 0;
  facts.lag_ms = Number(-5, 60);
  facts.nil_pick = Chance(10);
  facts.silence_ms = Number(0, 40);
  facts.mean_gap_ms = Number(0, 10);
  if (Chance(50)) facts.sales_rate = {Number(0, 20'000), Number(1, 400'000)};
  if (Chance(40)) facts.reserved_milli = Number(0, 9'000);
  own_reserved_.clear();
  int64_t left = facts.reserved_milli;
  for (size_t c = 0; c < channels; ++c) {
    own_reserved_.push_back(Chance(50) ? 0 : Number(0, left));
    left -= own_reserved_.back();
  }
  if (facts.reserved_milli > 0 && Chance(50)) facts.own_reserved_milli = own_reserved_;
  return facts;
}

ChannelSetting Generator::SomeChannel() {
  ChannelSetting channel;
  for (int64_t over = Number(-5, 20); over < 50 && Chance(50); over += Number(1, 20)) {
    channel.sync_lag.push_back({over, Number(0, 100), Chance(50) ? 0 : Number(0, 5'000)});
  }
  if (Chance(50)) {
    channel.presence = {Chance(50), Chance(50) ? 0 : static_cast<double>(Number(1, 8)) / 2};
  }
  switch (Number(0, 3)) {
    case 0:
      channel.safety_stock = SafetyStockRule{.subtract_milli = Number(0, 5'000)};
      break;
    case 1:
      channel.safety_stock = SafetyStockRule{.percent_micro = Number(0, 100'000'000)};
      break;
    case 2:
      channel.safety_stock = SafetyStockRule{.days_of_cover_milli = Number(0, 5'000)};
      break;
    default:
      break;
  }
  if (Chance(50)) channel.limits = {Number(0, 3'000), Chance(50) ? -1 : Number(0, 50'000)};
  channel.rules.limited_at_milli = Number(0, 5'000);
  channel.rules.priority = Number(-1, 1);
  channel.rules.retired = Chance(2);
  return channel;
}

Settings Generator::SomeSettings() { return SomeSettings(static_cast<size_t>(Number(1, 6))); }

Settings Generator::SomeSettings(size_t channels) {
  Settings settings;
  settings.channels.clear();
  settings.groups = {{"one", Number(1, 10) * 15'000'000},
                     {"other", Number(1'000'000, 250'000'000)}};
  for (size_t c = 0; c < channels; ++c) {
    ChannelSetting& channel = settings.channels.emplace_back(SomeChannel());
    if (Chance(60) && !channel.rules.retired) {
      channel.allocation = AllocationRule{.group = static_cast<uint8_t>(Chance(70) ? 0 : 1),
                                          .share = Chance(15) ? 0 : Number(1, 12)};
    }
  }
  return settings;
}

ChannelSetting Generator::MoreCautious(ChannelSetting channel) {
  switch (Number(0, 6)) {
    case 0:
      for (LagTier& tier : channel.sync_lag) tier.keep_percent = Number(0, tier.keep_percent);
      break;
    case 1:
      for (LagTier& tier : channel.sync_lag) tier.subtract_milli += Number(0, 3'000);
      break;
    case 2:
      if (channel.presence) channel.presence->after_nil_pick_until_evidence = true;
      break;
    case 3:
      if (channel.presence) channel.presence->quiet_limit /= 2;
      break;
    case 4:
      if (!channel.safety_stock) channel.safety_stock.emplace();
      channel.safety_stock->subtract_milli += Number(0, 3'000);
      break;
    case 5:
      if (!channel.safety_stock) break;
      channel.safety_stock->percent_micro =
          Number(channel.safety_stock->percent_micro, 100'000'000);
      break;
    default:
      if (channel.safety_stock) channel.safety_stock->days_of_cover_milli += Number(0, 3'000);
  }
  return channel;
}

ChannelSetting Generator::Tighter(ChannelSetting channel) {
  if (!channel.limits) channel.limits.emplace();
  if (Chance(50)) {
    channel.limits->cutoff_below_milli += Number(0, 3'000);
  } else {
    channel.limits->cap_milli =
        Number(0, channel.limits->cap_milli < 0 ? 50'000 : channel.limits->cap_milli);
  }
  return channel;
}

}  // namespace shelf
