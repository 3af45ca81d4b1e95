#include "app/stage_settings.h"

namespace shelf {
namespace {

// A share in millionths of the whole, as percent.
double Percent(int64_t micro) { return static_cast<double>(micro) / 1e6; }

Json SyncLag(std::span<const LagTier> tiers, int64_t lag_ms) {
  Json setting;
  for (const LagTier& tier : tiers) {
    if (lag_ms <= tier.over_ms) break;
    setting = {{"over_ms", tier.over_ms},
               {"keep_percent", tier.keep_percent},
               {"subtract_milli", tier.subtract_milli}};
  }
  return setting;
}

Json Presence(const PresenceRule& rule) {
  return {{"after_nil_pick", rule.after_nil_pick_until_evidence ? Json("until_evidence") : Json()},
          {"quiet_limit", rule.quiet_limit > 0 ? Json(rule.quiet_limit) : Json()}};
}

Json SafetyStock(const SafetyStockRule& rule) {
  return {{"subtract_milli", rule.subtract_milli},
          {"percent", Percent(rule.percent_micro)},
          {"days_of_cover", static_cast<double>(rule.days_of_cover_milli) / 1000}};
}

Json Allocation(const AllocationRule& rule, const RuleSet& rules) {
  const AllocationGroup& group = rules.allocation_groups()[rule.group];
  return {{"group", group.name},
          {"share", rule.share},
          {"overcommit_percent", Percent(group.overcommit_micro)}};
}

Json Limits(const LimitsRule& rule) {
  return {{"cutoff_below_milli", rule.cutoff_below_milli},
          {"cap_milli", rule.cap_milli >= 0 ? Json(rule.cap_milli) : Json()}};
}

}  // namespace

Json StageSettings(const ChannelPlan& plan, const ChannelRules& channel, const Facts& facts,
                   const RuleSet& rules) {
  Json settings = Json::object();
  if (channel.retired) return settings;
  if (!plan.sync_lag.empty()) settings["sync_lag"] = SyncLag(plan.sync_lag, facts.lag_ms);
  if (plan.presence != nullptr) settings["presence"] = Presence(*plan.presence);
  if (plan.safety_stock != nullptr) settings["safety_stock"] = SafetyStock(*plan.safety_stock);
  if (plan.allocation != nullptr) settings["allocation"] = Allocation(*plan.allocation, rules);
  if (plan.limits != nullptr) settings["limits"] = Limits(*plan.limits);
  if (plan.steady != nullptr) settings["steady"] = {{"rise_after_ms", plan.steady->rise_after_ms}};
  return settings;
}

}  // namespace shelf
