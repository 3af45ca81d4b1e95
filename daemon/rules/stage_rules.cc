#include "rules/stage_rules.h"

namespace shelf {
namespace {

std::optional<LagTier> ReadTier(const YAML::Node& node, YamlReader& reader) {
  std::optional<int64_t> over, keep, subtract;
  bool complete = true;
  reader.Map(node, "a sync_lag tier",
             {{"over", [&](const auto& v) { complete &= !!(over = reader.DurationMs(v, "over")); }},
              {"keep", [&](const auto& v) { complete &= !!(keep = reader.Percent(v, "keep", 0)); }},
              {"subtract", [&](const auto& v) {
                 complete &= !!(subtract = reader.UnitsMilli(v, "subtract"));
               }}});
  if (!node.IsMap() || !complete) return std::nullopt;
  if (!over) reader.Error(node.Mark(), "a sync_lag tier needs over, the lag above which it holds");
  if (!keep && !subtract) reader.Error(node.Mark(), "a sync_lag tier needs keep or subtract");
  if (!over || (!keep && !subtract)) return std::nullopt;
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

YamlKey NotYet(const std::string& name, const std::string& what, YamlReader& reader) {
  return {name, [name, what, &reader](const YAML::Node& value) {
            reader.Error(value.Mark(),
                         what + "." + name + " is not available in this version of shelfd");
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
  bool set = false;
  reader.Map(node, "presence",
             {{"after_nil_pick",
               [&](const auto& v) {
                 set = true;
                 rule.after_nil_pick_until_evidence =
                     reader.Is(v, "presence.after_nil_pick", "until_evidence");
               }},
              {"quiet_limit",
               [&](const auto& v) {
                 set = true;
                 rule.quiet_limit = reader.Factor(v, "presence.quiet_limit", 1'000'000).value_or(0);
               }},
              NotYet("min_confidence", "presence", reader),
              NotYet("margin", "presence", reader),
              NotYet("penalty", "presence", reader)});
  if (set) return rule;
  if (node.IsMap() && node.size() == 0) {
    reader.Error(node.Mark(), "presence needs after_nil_pick or quiet_limit");
  }
  return std::nullopt;
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
              NotYet("days_of_cover", "safety_stock", reader)});
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
