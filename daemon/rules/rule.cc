#include "rules/rule.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace shelf {

int64_t Specificity(const ItemCondition& condition) {
  if (!condition.items.empty()) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(condition.category.size());
}

int64_t Specificity(const StoreCondition& condition) {
  if (!condition.stores.empty()) return 3;
  if (!condition.groups.empty()) return 2;
  return condition.regions.empty() ? 0 : 1;
}

bool Precedes(const Rule& a, const Rule& b) {
  return std::tuple(Specificity(a.item), Specificity(a.store), a.priority) >
         std::tuple(Specificity(b.item), Specificity(b.store), b.priority);
}

bool Sets(const Rule& rule, Stage stage) {
  switch (stage) {
    case Stage::kEligibility:
      return false;
    case Stage::kSyncLag:
      return rule.sync_lag.has_value();
    case Stage::kPresence:
      return rule.presence.has_value();
    case Stage::kSafetyStock:
      return rule.safety_stock.has_value();
    case Stage::kAllocation:
      return rule.allocation.has_value();
    case Stage::kLimits:
      return rule.limits.has_value();
    case Stage::kSteady:
      return rule.steady.has_value();
  }
  return false;
}

bool ShareAStage(const Rule& a, const Rule& b) {
  return std::any_of(kAllStages.begin(), kAllStages.end(),
                     [&](Stage stage) { return Sets(a, stage) && Sets(b, stage); });
}

std::string CommonStages(const Rule& a, const Rule& b) {
  std::string common;
  for (const Stage stage : kAllStages) {
    if (!Sets(a, stage) || !Sets(b, stage)) continue;
    if (!common.empty()) common += ", ";
    common += StageName(stage);
  }
  return common;
}

bool SetsAnyStage(const Rule& rule) { return ShareAStage(rule, rule); }

}  // namespace shelf
