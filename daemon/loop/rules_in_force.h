// A rule set as partitions go by it, with the classes of the items met under it. Several partitions
// share one; while a new set comes into force they go by two for a moment.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "rules/rule_set.h"

namespace shelf {

struct RulesInForce {
  explicit RulesInForce(std::unique_ptr<RuleSet> rule_set) : set(std::move(rule_set)) {}

  // Its channels stand in the order of World::channel_names; it may lack the newest of them.
  const std::unique_ptr<RuleSet> set;

  static constexpr uint32_t kUnresolved = 0xffffffff;
  std::vector<uint32_t> item_classes;  // by SkuId, as far as resolved; see World::ItemClassOf
};

}  // namespace shelf
