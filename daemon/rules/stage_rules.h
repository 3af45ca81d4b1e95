// Reads what a rule says of each stage, from YAML. nullopt: it cannot be used, and it was said why.
#pragma once

#include <optional>
#include <vector>

#include "rules/rule_set.h"
#include "rules/yaml_reader.h"

namespace shelf {

// Tiers ascending by `over`; an empty list switches the stage off for its scope.
std::optional<std::vector<LagTier>> ReadSyncLag(const YAML::Node& node, YamlReader& reader);
std::optional<PresenceRule> ReadPresence(const YAML::Node& node, YamlReader& reader);
std::optional<SafetyStockRule> ReadSafetyStock(const YAML::Node& node, YamlReader& reader);
// The group is one of `groups`.
std::optional<AllocationRule> ReadAllocation(const YAML::Node& node,
                                             std::span<const AllocationGroup> groups,
                                             YamlReader& reader);
std::optional<LimitsRule> ReadLimits(const YAML::Node& node, YamlReader& reader);
std::optional<SteadyRule> ReadSteady(const YAML::Node& node, YamlReader& reader);

}  // namespace shelf
