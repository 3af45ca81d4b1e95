#include "rules/overlap.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "rules/scope.h"

namespace shelf {
namespace {

// Comparing every pair of tens of thousands of rules would take minutes.
constexpr size_t kComparisonsMax = 5'000'000;

// Only rules of one level can cover one another or be equal; a wider one goes behind.
using Level = std::pair<int64_t, int64_t>;

Level LevelOf(const Rule& rule) { return {Specificity(rule.item), Specificity(rule.store)}; }

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

// Of sorted lists that mean any of them: wherever `b` holds, `a` does.
bool Covers(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.empty() || (!b.empty() && std::includes(a.begin(), a.end(), b.begin(), b.end()));
}

bool Covers(const Rule& a, const Rule& b) {
  return Covers(a.item.items, b.item.items) && OnePath(a.item.category, b.item.category) &&
         a.item.category.size() <= b.item.category.size() &&
         Covers(a.store.stores, b.store.stores) && Covers(a.store.groups, b.store.groups) &&
         Covers(a.store.regions, b.store.regions);
}

// What is known of one rule when those that go before it have been looked at.
struct Standing {
  std::array<const Rule*, kStages> covered_by{};  // for each stage that never holds
  const Rule* equal = nullptr;                    // may hold instead, by its line alone
};

// Rules in their order of precedence, each compared with those before it.
class Precedence {
 public:
  // Then remembers `rule`.
  Standing Compare(const Rule& rule) {
    Standing standing;
    for (const std::string& key : MeetingKeys(rule)) {
      std::vector<const Rule*>& before = before_[{LevelOf(rule), key}];
      for (const Rule* other : before) {
        comparisons_ += 1 + NamesIn(*other) + NamesIn(rule);
        if (exhausted()) return standing;
        if (ShareAStage(*other, rule) && MayBothMatch(*other, rule)) Note(*other, rule, standing);
      }
      before.push_back(&rule);
    }
    return standing;
  }
  bool exhausted() const { return comparisons_ > kComparisonsMax; }

 private:
  static void Note(const Rule& other, const Rule& rule, Standing& standing) {
    if (Covers(other, rule)) {
      for (const Stage stage : kAllStages) {
        const Rule*& by = standing.covered_by[static_cast<size_t>(stage)];
        if (by == nullptr && Sets(other, stage) && Sets(rule, stage)) by = &other;
      }
    } else if (standing.equal == nullptr && other.priority == rule.priority) {
      standing.equal = &other;
    }
  }

  std::map<std::pair<Level, std::string>, std::vector<const Rule*>> before_;
  size_t comparisons_ = 0;
};

RulesMessage Warning(const Rule& rule, std::string text) {
  return {rule.line, rule.column, true, std::move(text)};
}

std::string Named(const Rule& rule) {
  return "'" + rule.id + "' (line " + std::to_string(rule.line) + ")";
}

std::string EqualText(const Rule& earlier, const Rule& rule) {
  return "rules " + Named(earlier) + " and '" + rule.id +
         "' are equally specific and may both match: for " + CommonStages(earlier, rule) +
         " the earlier one holds; a priority says which is meant";
}

// Empty: no stage is covered.
std::string CoveredText(const Rule& rule, const Standing& standing) {
  std::string stages, by, by_stage;
  bool all = true, one = true;
  for (const Stage stage : kAllStages) {
    if (!Sets(rule, stage)) continue;
    const Rule* other = standing.covered_by[static_cast<size_t>(stage)];
    all &= other != nullptr;
    if (other == nullptr) continue;
    const std::string name(StageName(stage));
    if (by.empty()) by = Named(*other);
    one &= by == Named(*other);
    by_stage += (by_stage.empty() ? "" : ", ") + Named(*other) + " for " + name;
    stages += (stages.empty() ? "" : ", ") + name;
  }
  if (by.empty()) return "";
  return "rule '" + rule.id + "' never holds" + (all ? "" : " for " + stages) +
         ": wherever it matches, " + (one ? by + " goes" : by_stage + " go") + " before it";
}

// Appends at most one.
void WarnOfOne(const Rule& rule, Precedence& precedence, std::vector<RulesMessage>& messages) {
  if (!SetsAnyStage(rule)) {
    messages.push_back(Warning(rule, "rule '" + rule.id + "' sets no stage"));
    return;
  }
  const Standing standing = precedence.Compare(rule);
  std::string covered = CoveredText(rule, standing);
  if (!covered.empty()) {
    messages.push_back(Warning(rule, std::move(covered)));
  } else if (standing.equal != nullptr) {
    messages.push_back(Warning(rule, EqualText(*standing.equal, rule)));
  }
}

}  // namespace

std::vector<const Rule*> ByPrecedence(const std::vector<Rule>& rules) {
  std::vector<const Rule*> ordered;
  for (const Rule& rule : rules) ordered.push_back(&rule);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Rule* a, const Rule* b) { return Precedes(*a, *b); });
  return ordered;
}

void WarnOfIdleAndShadowedRules(const std::vector<Rule>& rules,
                                std::vector<RulesMessage>& messages) {
  Precedence precedence;
  for (const Rule* rule : ByPrecedence(rules)) {
    WarnOfOne(*rule, precedence, messages);
    if (!precedence.exhausted()) continue;
    messages.push_back(Warning(*rule,
                               "too many equally specific rules: which of them may both match is "
                               "checked no further"));
    return;
  }
}

}  // namespace shelf
