#include "rules/stage_rules.h"

#include <algorithm>
#include <string>

#include "base/nearest_name.h"

namespace shelf {
namespace {

std::optional<LagTier> ReadTier(const YAML::Node& node, YamlReader& reader) {
  LagTier tier;
  tier.over_ms = -1;
  reader.Read(
      node, "tier",
      {{"over", &tier.over_ms}, {"keep", &tier.keep_percent}, {"subtract", &tier.subtract_milli}});
  return tier.over_ms < 0 ? std::nullopt : std::optional(tier);
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

// 0.1 for a tenth: read as a tenth of a percent, and hardly meant.
void WarnOfSmallPercent(const YAML::Node& node, const SafetyStockRule& rule, YamlReader& reader) {
  constexpr int64_t kOnePercent = 1'000'000;
  if (rule.percent_micro == 0 || rule.percent_micro >= kOnePercent) return;
  const YAML::Node percent = node["percent"];
  if (!percent.IsScalar() || percent.Scalar().ends_with('%')) return;
  reader.Warn(percent.Mark(), "safety_stock.percent " + percent.Scalar() +
                                  " is less than one percent; " + percent.Scalar() +
                                  "% says that it is meant");
}

std::string KnownGroups(std::span<const AllocationGroup> groups, const std::string& name) {
  if (groups.empty()) return "; the file has no allocation_groups";
  std::vector<std::string> names;
  for (const AllocationGroup& group : groups) names.push_back(group.name);
  const std::string nearest = NearestName(name, names);
  if (!nearest.empty()) return "; did you mean '" + nearest + "'?";
  std::string known;
  for (const std::string& each : names) known += (known.empty() ? "" : ", ") + each;
  return "; they are " + known;
}

}  // namespace

std::optional<std::vector<LagTier>> ReadSyncLag(const YAML::Node& node, YamlReader& reader) {
  std::vector<LagTier> tiers;
  bool complete = true;
  for (const auto& element : node) {
    const std::optional<LagTier> tier = ReadTier(element, reader);
    complete &= tier.has_value();
    if (!tier) continue;
    if (!tiers.empty()) CheckOrder(tiers.back(), *tier, element.Mark(), reader);
    tiers.push_back(*tier);
  }
  if (!complete) return std::nullopt;
  return tiers;
}

std::optional<PresenceRule> ReadPresence(const YAML::Node& node, YamlReader& reader) {
  PresenceRule rule;
  reader.Read(node, "presence",
              {{"after_nil_pick", &rule.after_nil_pick_until_evidence},
               {"quiet_limit", &rule.quiet_limit}});
  return rule;
}

std::optional<SafetyStockRule> ReadSafetyStock(const YAML::Node& node, YamlReader& reader) {
  SafetyStockRule rule;
  reader.Read(node, "safety_stock",
              {{"subtract", &rule.subtract_milli},
               {"percent", &rule.percent_micro},
               {"days_of_cover", &rule.days_of_cover_milli}});
  WarnOfSmallPercent(node, rule, reader);
  return rule;
}

std::optional<AllocationRule> ReadAllocation(const YAML::Node& node,
                                             std::span<const AllocationGroup> groups,
                                             YamlReader& reader) {
  AllocationRule rule;
  std::string name;
  reader.Read(node, "allocation", {{"group", &name}, {"share", &rule.share}});
  if (name.empty()) return std::nullopt;
  const auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const AllocationGroup& g) { return g.name == name; });
  if (group == groups.end()) {
    reader.Error(node["group"].Mark(),
                 "allocation.group names no group: '" + name + "'" + KnownGroups(groups, name));
    return std::nullopt;
  }
  rule.group = static_cast<uint8_t>(group - groups.begin());
  return rule;
}

std::optional<LimitsRule> ReadLimits(const YAML::Node& node, YamlReader& reader) {
  LimitsRule rule;
  reader.Read(node, "limits",
              {{"cutoff_below", &rule.cutoff_below_milli}, {"cap", &rule.cap_milli}});
  return rule;
}

std::optional<SteadyRule> ReadSteady(const YAML::Node& node, YamlReader& reader) {
  SteadyRule rule;
  reader.Read(node, "steady", {{"rise_after", &rule.rise_after_ms}});
  return rule;
}

}  // namespace shelf
