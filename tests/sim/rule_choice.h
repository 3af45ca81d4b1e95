// A rule set as data: chosen by chance, written as YAML for the daemon, read directly by the
// oracle. What it can say is what the simulation covers; quiet_limit and days_of_cover it cannot.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace shelf::sim {

// Where a rule applies; empty asks nothing, of a list any is meant.
struct ScopeChoice {
  std::vector<std::string> items;
  std::vector<std::string> category;  // one path, widest first
  std::vector<std::string> stores;
  std::vector<std::string> groups;
  std::vector<std::string> regions;
};

struct LagTierChoice {
  int64_t over_ms = 0;
  int64_t keep_percent = 100;
  int64_t subtract_milli = 0;
};

// Exactly one of the two is set.
struct SafetyChoice {
  std::optional<int64_t> subtract_milli;
  std::optional<int64_t> percent_milli;  // thousandths of a percent: 12'500 is 12.5%
};

struct AllocationChoice {
  std::string group;
  int64_t share = 0;
};

struct LimitsChoice {
  int64_t cutoff_below_milli = 0;
  std::optional<int64_t> cap_milli;
};

// One rule; a stage that has no value is not set by it.
struct StageRuleChoice {
  std::string id;
  ScopeChoice when;
  int64_t priority = 0;
  std::optional<std::vector<LagTierChoice>> sync_lag;  // empty: switched off
  std::optional<bool> after_nil_pick;                  // false: switched off
  std::optional<SafetyChoice> safety_stock;
  std::optional<AllocationChoice> allocation;
  std::optional<LimitsChoice> limits;
  std::optional<int64_t> rise_after_ms;  // 0: switched off
};

struct ChannelChoice {
  std::string name;
  std::vector<std::string> methods;
  int64_t limited_at_milli = 0;
  int64_t min_interval_ms = 0;
  bool own_reservations_taken_off = false;
  int64_t priority = 0;
  bool trace = false;
  std::vector<StageRuleChoice> rules;
};

struct GroupChoice {
  std::string name;
  int64_t overcommit_percent = 100;
};

struct RuleChoice {
  std::vector<GroupChoice> groups;
  std::vector<ChannelChoice> channels;  // in the order of the file
};

// What rules and reference data may speak of. Channels: a set has at least one of them.
struct Names {
  std::vector<std::string> channels;
  std::vector<std::string> stores;
  std::vector<std::string> skus;
  std::vector<std::string> groups;  // of stores
  std::vector<std::string> regions;
  std::vector<std::string> methods;
  std::vector<std::vector<std::string>> categories;  // paths, widest first
};

// The same numbers from `random` give the same set on every machine.
RuleChoice ChooseRules(std::mt19937_64& random, const Names& names);

// A rules file that says just this.
std::string ToYaml(const RuleChoice& choice);

}  // namespace shelf::sim
