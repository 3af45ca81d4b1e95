#include "rules/overlap.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "rules/scope.h"

namespace shelf {
namespace {

// Comparing every pair of tens of thousands of rules would take minutes.
constexpr size_t kComparisonsMax = 5'000'000;

using Level = std::tuple<int64_t, int64_t, int64_t>;

Level LevelOf(const Rule& rule) {
  return {Specificity(rule.item), Specificity(rule.store), rule.priority};
}

// Of sorted lists; an empty one means any.
bool MayShare(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return true;
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() && j != b.end() && *i != *j) *i < *j ? ++i : ++j;
  return i != a.end() && j != b.end();
}

bool OnePath(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto length = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  return std::equal(a.begin(), a.begin() + length, b.begin());
}

bool MayBothMatch(const Rule& a, const Rule& b) {
  return MayShare(a.item.items, b.item.items) && OnePath(a.item.category, b.item.category) &&
         MayShare(a.store.stores, b.store.stores) && MayShare(a.store.regions, b.store.regions);
}

size_t NamesIn(const Rule& rule) {
  return rule.item.items.size() + rule.store.stores.size() + rule.store.regions.size();
}

// Two rules of one level that may both match have a key in common.
std::vector<std::string> MeetingKeys(const Rule& rule) {
  if (!rule.item.any()) return LookupKeys(rule.item);
  if (rule.store.stores.empty() && !rule.store.groups.empty()) return {""};
  return rule.store.any() ? std::vector<std::string>{""} : LookupKeys(rule.store);
}

class EqualRules {
 public:
  // The first earlier rule that shares a stage and may match with `rule`; then remembers `rule`.
  const Rule* FindThenAdd(const Rule& rule) {
    const Rule* found = nullptr;
    for (const std::string& key : MeetingKeys(rule)) {
      std::vector<const Rule*>& earlier = earlier_[{LevelOf(rule), key}];
      if (found == nullptr) found = FindIn(earlier, rule);
      earlier.push_back(&rule);
    }
    return found;
  }
  bool exhausted() const { return comparisons_ > kComparisonsMax; }

 private:
  const Rule* FindIn(const std::vector<const Rule*>& earlier, const Rule& rule) {
    for (const Rule* other : earlier) {
      comparisons_ += 1 + NamesIn(*other) + NamesIn(rule);
      if (exhausted()) return nullptr;
      if (ShareAStage(*other, rule) && MayBothMatch(*other, rule)) return other;
    }
    return nullptr;
  }

  std::map<std::pair<Level, std::string>, std::vector<const Rule*>> earlier_;
  size_t comparisons_ = 0;
};

RulesMessage Warning(const Rule& rule, std::string text) {
  return {rule.line, rule.column, true, std::move(text)};
}

std::string EqualText(const Rule& earlier, const Rule& rule) {
  return "rules '" + earlier.id + "' (line " + std::to_string(earlier.line) + ") and '" + rule.id +
         "' are equally specific and may both match: for " + CommonStages(earlier, rule) +
         " the earlier one holds; a priority says which is meant";
}

}  // namespace

void WarnOfIdleAndEqualRules(const std::vector<Rule>& rules, std::vector<RulesMessage>& messages) {
  EqualRules equal;
  for (const Rule& rule : rules) {
    if (!SetsAnyStage(rule)) {
      messages.push_back(Warning(rule, "rule '" + rule.id + "' sets no stage"));
    } else if (const Rule* earlier = equal.FindThenAdd(rule)) {
      messages.push_back(Warning(rule, EqualText(*earlier, rule)));
    } else if (equal.exhausted()) {
      messages.push_back(Warning(rule,
                                 "too many equally specific rules: from here on it is not "
                                 "checked which of them may both match"));
      return;
    }
  }
}

}  // namespace shelf
