#include "rules/stage_rules.h"

namespace shelf {
namespace {

constexpr int kQuietLimitMax = 1'000'000;

std::optional<LagTier> ReadTier(const YAML::Node& node, YamlReader& reader) {
  std::optional<int64_t> over, keep, subtract;
  reader.Map(node, "a sync_lag tier",
             {{"over", [&](const auto& v) { over = reader.DurationMs(v, "over"); }},
              {"keep", [&](const auto& v) { keep = reader.Percent(v, "keep", 0); }},
              {"subtract", [&](const auto& v) { subtract = reader.UnitsMilli(v, "subtract"); }}});
  if (!node.IsMap()) return std::nullopt;
  if (!reader.Has(node, "over")) {
    reader.Error(node.Mark(), "a sync_lag tier needs over, the lag above which it holds");
  }
  if (!reader.Has(node, "keep") && !reader.Has(node, "subtract")) {
    reader.Error(node.Mark(), "a sync_lag tier needs keep or subtract");
  }
  if (!over) return std::nullopt;
  return LagTier{*over, keep.value_or(100), subtract.value_or(0)};
}

void CheckOrder(const LagTier& before, const LagTier& tier, const YAML::Mark& at,
                YamlReader& reader) {
  if (tier.over_ms <= before.over_ms) {
    reader.Error(at, "sync_lag tiers must ascend: over is not above that of the tier before");
  } else if (tier.keep_percent > before.keep_percent &&
             tier.subtract_milli <= before.subtract_milli) {
    reader.Warn(at, "this sync_lag tier offers more than the one before, at a higher lag");
  }
}

}  // namespace

YamlKey NotYet(const std::string& name, const std::string& shown, YamlReader& reader) {
  return {name, [shown, &reader](const YAML::Node& value) {
            reader.Error(value.Mark(), shown + " is not available in this version of shelfd");
          }};
}

std::optional<std::vector<LagTier>> ReadSyncLag(const YAML::Node& node, YamlReader& reader) {
  std::vector<LagTier> tiers;
  bool complete = true;
  complete &= reader.List(node, "sync_lag", [&](const YAML::Node& element) {
    const std::optional<LagTier> tier = ReadTier(element, reader);
    complete &= tier.has_value();
    if (!tier) return;
    if (!tiers.empty()) CheckOrder(tiers.back(), *tier, element.Mark(), reader);
    tiers.push_back(*tier);
  });
  if (!complete) return std::nullopt;
  return tiers;
}

std::optional<PresenceRule> ReadPresence(const YAML::Node& node, YamlReader& reader) {
  PresenceRule rule;
  reader.Map(node, "presence",
             {{"after_nil_pick",
               [&](const auto& v) {
                 rule.after_nil_pick_until_evidence =
                     reader.Is(v, "presence.after_nil_pick", "until_evidence");
               }},
              {"quiet_limit",
               [&](const auto& v) {
                 rule.quiet_limit =
                     reader.Factor(v, "presence.quiet_limit", kQuietLimitMax).value_or(0);
               }},
              NotYet("min_confidence", "presence.min_confidence", reader),
              NotYet("margin", "presence.margin", reader),
              NotYet("penalty", "presence.penalty", reader)});
  if (!node.IsMap()) return std::nullopt;
  if (node.size() == 0) reader.Error(node.Mark(), "presence needs after_nil_pick or quiet_limit");
  return rule;
}

std::optional<SafetyStockRule> ReadSafetyStock(const YAML::Node& node, YamlReader& reader) {
  SafetyStockRule rule;
  reader.Map(node, "safety_stock",
             {{"subtract",
               [&](const auto& v) {
                 rule.subtract_milli = reader.UnitsMilli(v, "safety_stock.subtract").value_or(0);
               }},
              {"percent",
               [&](const auto& v) {
                 rule.percent_micro = reader.Percent(v, "safety_stock.percent", 6).value_or(0);
               }},
              NotYet("days_of_cover", "safety_stock.days_of_cover", reader)});
  if (!node.IsMap()) return std::nullopt;
  if (node.size() != 1) {
    reader.Error(node.Mark(), "safety_stock needs exactly one of subtract and percent");
  }
  return rule;
}

std::optional<LimitsRule> ReadLimits(const YAML::Node& node, YamlReader& reader) {
  LimitsRule rule;
  reader.Map(node, "limits",
             {{"cutoff_below",
               [&](const auto& v) {
                 rule.cutoff_below_milli = reader.UnitsMilli(v, "limits.cutoff_below").value_or(0);
               }},
              {"cap", [&](const auto& v) {
                 rule.cap_milli = reader.UnitsMilli(v, "limits.cap").value_or(-1);
               }}});
  if (!node.IsMap()) return std::nullopt;
  if (node.size() == 0) reader.Error(node.Mark(), "limits needs cap or cutoff_below");
  return rule;
}

}  // namespace shelf
