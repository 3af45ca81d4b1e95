// One rule of a rules file as read: where it applies and what it sets.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule_set.h"

namespace shelf {

// What a rule asks of an item. Empty fields ask nothing; lists are sorted and mean any of them.
struct ItemCondition {
  std::vector<std::string> items;
  std::vector<std::string> category;  // a path, widest first: the item's path starts with it

  bool any() const { return items.empty() && category.empty(); }
  friend auto operator<=>(const ItemCondition&, const ItemCondition&) = default;
};

// What a rule asks of a store. Empty fields ask nothing; lists are sorted and mean any of them.
struct StoreCondition {
  std::vector<std::string> stores;
  std::vector<std::string> groups;
  std::vector<std::string> regions;

  bool any() const { return stores.empty() && groups.empty() && regions.empty(); }
  friend auto operator<=>(const StoreCondition&, const StoreCondition&) = default;
};

struct Rule {
  std::string id;
  int line = 0;
  int column = 0;
  ItemCondition item;
  StoreCondition store;
  int64_t priority = 0;

  // What the rule sets. A stage it does not set is left to wider rules.
  std::optional<std::vector<LagTier>> sync_lag;
  std::optional<PresenceRule> presence;
  std::optional<SafetyStockRule> safety_stock;
  std::optional<AllocationRule> allocation;
  std::optional<LimitsRule> limits;
  std::optional<SteadyRule> steady;
};

// Whether the rule sets the stage; false of eligibility, which no rule sets.
bool Sets(const Rule& rule, Stage stage);

// How specific a condition is, wider first: all < category paths by length < item, and
// all < region < group < store. Of several fields the most specific one counts.
int64_t Specificity(const ItemCondition& condition);
int64_t Specificity(const StoreCondition& condition);

// True when `a` goes before `b` for a stage that both set: item side, store side, priority.
// False both ways: the earlier one in the file goes first.
bool Precedes(const Rule& a, const Rule& b);

bool ShareAStage(const Rule& a, const Rule& b);

// The stages that both set, for a message: "sync_lag, limits"; empty when there is none.
std::string CommonStages(const Rule& a, const Rule& b);

bool SetsAnyStage(const Rule& rule);

}  // namespace shelf
