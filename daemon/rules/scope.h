// Which conditions of the rules hold for an item or a store. Conditions are numbered once; an
// item's class is the set of conditions that hold for it, so that all items no rule tells apart
// share their plans. Finding a class costs the conditions that may hold, not all there are.
// THREAD: one owner.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/rule.h"

namespace shelf {

bool Matches(const ItemCondition& condition, const ItemScope& item);
bool Matches(const StoreCondition& condition, const StoreScope& store);

// A condition that asks something is found under each of its keys; a scope that it matches has at
// least one of them.
std::vector<std::string> LookupKeys(const ItemCondition& condition);
std::vector<std::string> LookupKeys(const ItemScope& item);
std::vector<std::string> LookupKeys(const StoreCondition& condition);
std::vector<std::string> LookupKeys(const StoreScope& store);

// The number of the condition that asks nothing and always holds.
inline constexpr uint32_t kAnyCondition = 0;

template <typename Condition, typename Scope>
class ScopeClasses {
 public:
  // Equal conditions have one number; numbers are dense from 0.
  uint32_t Number(const Condition& condition) {
    if (condition.any()) return kAnyCondition;
    auto [it, added] = numbers_.try_emplace(condition, conditions());
    if (added) {
      by_number_.push_back(&it->first);
      for (std::string& key : LookupKeys(condition)) found_[std::move(key)].push_back(it->second);
    }
    return it->second;
  }

  uint32_t conditions() const { return static_cast<uint32_t>(by_number_.size()); }

  // The class of a scope, dense from 0 in order of first sight. All conditions are numbered before.
  uint32_t ClassOf(const Scope& scope) {
    std::vector<uint32_t> holding{kAnyCondition};
    for (const std::string& key : LookupKeys(scope)) {
      auto it = found_.find(key);
      if (it == found_.end()) continue;
      for (uint32_t number : it->second) {
        if (Matches(*by_number_[number], scope)) holding.push_back(number);
      }
    }
    std::sort(holding.begin(), holding.end());
    holding.erase(std::unique(holding.begin(), holding.end()), holding.end());
    auto [it, added] = classes_.try_emplace(std::move(holding), classes());
    if (added) by_class_.push_back(&it->first);
    return it->second;
  }

  uint32_t classes() const { return static_cast<uint32_t>(by_class_.size()); }

  // The conditions that hold in a class, ascending.
  const std::vector<uint32_t>& Holding(uint32_t class_number) const {
    return *by_class_[class_number];
  }

 private:
  std::map<Condition, uint32_t> numbers_;
  std::vector<const Condition*> by_number_{nullptr};  // kAnyCondition is not looked up
  absl::flat_hash_map<std::string, std::vector<uint32_t>> found_;
  std::map<std::vector<uint32_t>, uint32_t> classes_;
  std::vector<const std::vector<uint32_t>*> by_class_;
};

using ItemClasses = ScopeClasses<ItemCondition, ItemScope>;
using StoreClasses = ScopeClasses<StoreCondition, StoreScope>;

}  // namespace shelf
