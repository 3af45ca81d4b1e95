// Files to validated configuration and rules, with every message printed.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "config/config.h"
#include "rules/rule_set.h"

namespace shelf {

// The configuration of `path` (empty: the defaults) with `sets` ("key=value") on top. nullopt when
// anything is wrong; each message is printed to stderr.
std::optional<Config> LoadConfigFile(const std::string& path, const std::vector<std::string>& sets);

// The rule set of `path` (empty: the built-in one). Null when it cannot be used; every message,
// warnings too, is printed to `err` as path:line:column. `warnings`, where given, is raised by
// their number.
std::unique_ptr<RuleSet> LoadRulesFile(const std::string& path, std::ostream& err,
                                       int* warnings = nullptr);

}  // namespace shelf
