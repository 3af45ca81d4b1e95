#include "rules/rule.h"

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

bool ShareAStage(const Rule& a, const Rule& b) {
  return (a.sync_lag && b.sync_lag) || (a.presence && b.presence) ||
         (a.safety_stock && b.safety_stock) || (a.limits && b.limits);
}

std::string CommonStages(const Rule& a, const Rule& b) {
  std::string common;
  auto add = [&common](bool both, Stage stage) {
    if (!both) return;
    if (!common.empty()) common += ", ";
    common += StageName(stage);
  };
  add(a.sync_lag && b.sync_lag, Stage::kSyncLag);
  add(a.presence && b.presence, Stage::kPresence);
  add(a.safety_stock && b.safety_stock, Stage::kSafetyStock);
  add(a.limits && b.limits, Stage::kLimits);
  return common;
}

bool SetsAnyStage(const Rule& rule) {
  return rule.sync_lag || rule.presence || rule.safety_stock || rule.limits;
}

}  // namespace shelf
