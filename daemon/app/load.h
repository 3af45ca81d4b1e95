// Files to validated configuration and rules, with every message printed.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "rules/rule_set.h"

namespace shelf {

// The configuration of `path` (empty: the defaults) with `sets` ("key=value") on top. nullopt when
// anything is wrong; each message is printed to stderr.
std::optional<Config> LoadConfigFile(const std::string& path, const std::vector<std::string>& sets);

// What stands in the file. InvalidArgument says why it cannot be read, without its name.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

// The same of the rules file `path`; empty: the built-in rules.
absl::StatusOr<std::string> ReadRulesText(const std::string& path);

// Each message as path:line:column.
void PrintRulesMessages(const std::string& path, const std::vector<RulesMessage>& messages,
                        std::ostream& err);

// The rule set of `path` (empty: the built-in one). Null when it cannot be used; every message,
// warnings too, is printed to `err` as path:line:column. `warnings`, where given, is raised by
// their number.
std::unique_ptr<RuleSet> LoadRulesFile(const std::string& path, std::ostream& err,
                                       int* warnings = nullptr);

}  // namespace shelf
