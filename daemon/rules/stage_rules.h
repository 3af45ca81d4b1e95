// Reads what a rule says of each stage, from YAML. nullopt: refused, and said why.
#pragma once

#include <optional>
#include <vector>

#include "rules/rule_set.h"
#include "rules/yaml_reader.h"

namespace shelf {

// Tiers ascending by `over`; an empty list switches the stage off for its scope.
std::optional<std::vector<LagTier>> ReadSyncLag(const YAML::Node& node, YamlReader& reader);
std::optional<PresenceRule> ReadPresence(const YAML::Node& node, YamlReader& reader);
// Exactly one way to say how much.
std::optional<SafetyStockRule> ReadSafetyStock(const YAML::Node& node, YamlReader& reader);
std::optional<LimitsRule> ReadLimits(const YAML::Node& node, YamlReader& reader);

// A key that the format knows and this version does not carry out: refused, with its line.
// `shown` names it in the message.
YamlKey NotYet(const std::string& name, const std::string& shown, YamlReader& reader);

}  // namespace shelf
