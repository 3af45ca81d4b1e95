// Which pairs there are: warnings.h; why these and no others: docs/rules.md.
#include <algorithm>
#include <iterator>
#include <string>

#include "rules/overlap.h"
#include "rules/scope.h"
#include "rules/warnings.h"

namespace shelf {
namespace {

// Of rules with each other and with a position. Beyond it nothing is said rather than seconds
// spent.
constexpr size_t kComparisonsMax = 5'000'000;

// A setting that holds something back for a reason which another one may have too.
struct Guard {
  Stage stage;
  const char* name;
  bool (*in)(const Rule& rule);
};

struct GuardPair {
  Guard first;
  Guard second;
  const char* risk;
};

bool KeepsUnitsBack(const Rule& rule) {
  return rule.safety_stock && rule.safety_stock->subtract_milli > 0;
}
bool CutsOff(const Rule& rule) { return rule.limits && rule.limits->cutoff_below_milli > 0; }
bool CoversDays(const Rule& rule) {
  return rule.safety_stock && rule.safety_stock->days_of_cover_milli > 0;
}
// keep: 0% is no price of late sales but the end of selling on them.
bool ThinsOutByLag(const Rule& rule) {
  return rule.sync_lag &&
         std::any_of(rule.sync_lag->begin(), rule.sync_lag->end(), [](const LagTier& tier) {
           const bool part = tier.keep_percent > 0 && tier.keep_percent < 100;
           return part || tier.subtract_milli > 0;
         });
}

constexpr GuardPair kPairs[] = {
    {{Stage::kSafetyStock, "safety_stock.subtract", KeepsUnitsBack},
     {Stage::kLimits, "limits.cutoff_below", CutsOff},
     "that the last units are not there"},
    {{Stage::kSyncLag, "sync_lag (keep, subtract)", ThinsOutByLag},
     {Stage::kSafetyStock, "safety_stock.days_of_cover", CoversDays},
     "that units are sold which we have not heard of yet"},
};

// An item and a store that two rules ask for, and nothing more: what they do not name is "", which
// no rule can name.
class Witness {
 public:
  Witness(const Rule& a, const Rule& b)
      : category_(a.item.category.size() < b.item.category.size() ? b.item.category
                                                                  : a.item.category) {
    there_ = OneOfBoth(a.item.items, b.item.items, sku_) &&
             OneOfBoth(a.store.stores, b.store.stores, store_) &&
             OneOfBoth(a.store.regions, b.store.regions, region_);
    for (const Rule* rule : {&a, &b}) {
      if (!rule->store.groups.empty()) groups_.push_back(rule->store.groups.front());
    }
    there_ = there_ && MatchedBy(a) && MatchedBy(b);
  }

  bool there() const { return there_; }
  bool MatchedBy(const Rule& rule) const {
    return Matches(rule.item, ItemScope{sku_, category_}) &&
           Matches(rule.store, StoreScope{store_, region_, groups_});
  }

 private:
  // False: the lists have nothing in common.
  static bool OneOfBoth(const std::vector<std::string>& a, const std::vector<std::string>& b,
                        std::string_view& one) {
    const std::vector<std::string>& shorter = a.empty() ? b : a;
    const std::vector<std::string>& other = a.empty() ? a : b;
    for (const std::string& name : shorter) {
      if (!other.empty() && !std::binary_search(other.begin(), other.end(), name)) continue;
      one = name;
      return true;
    }
    return shorter.empty();
  }

  std::string_view sku_, store_, region_;
  std::vector<std::string> category_, groups_;
  bool there_ = false;
};

class Search {
 public:
  explicit Search(const std::vector<Rule>& rules) : rules_(ByPrecedence(rules)) {}

  void Pair(const GuardPair& pair, std::vector<RulesMessage>& messages) {
    const std::vector<const Rule*> firsts = With(pair.first);
    std::vector<const Rule*> seconds = With(pair.second);
    for (const Rule* first : firsts) {
      const auto second = PartnerOf(*first, pair, seconds);
      if (second == seconds.end()) continue;
      messages.push_back(MessageOf(pair, *first, **second));
      seconds.erase(second);
    }
  }

 private:
  std::vector<const Rule*> With(const Guard& guard) const {
    std::vector<const Rule*> with;
    std::copy_if(rules_.begin(), rules_.end(), std::back_inserter(with),
                 [&](const Rule* rule) { return guard.in(*rule); });
    return with;
  }

  std::vector<const Rule*>::iterator PartnerOf(const Rule& first, const GuardPair& pair,
                                               std::vector<const Rule*>& seconds) {
    return std::find_if(seconds.begin(), seconds.end(), [&](const Rule* second) {
      if (++comparisons_ > kComparisonsMax) return false;
      const Witness witness(first, *second);
      return witness.there() && Holding(pair.first.stage, witness) == &first &&
             Holding(pair.second.stage, witness) == second;
    });
  }

  // Null when the search has taken too long.
  const Rule* Holding(Stage stage, const Witness& witness) {
    for (const Rule* rule : rules_) {
      if (++comparisons_ > kComparisonsMax) return nullptr;
      if (Sets(*rule, stage) && witness.MatchedBy(*rule)) return rule;
    }
    return nullptr;
  }

  static RulesMessage MessageOf(const GuardPair& pair, const Rule& a, const Rule& b) {
    const Rule& later = a.line < b.line ? b : a;
    const std::string settings = std::string(pair.first.name) + " (line " + std::to_string(a.line) +
                                 ") and " + pair.second.name + " (line " + std::to_string(b.line) +
                                 ")";
    return {later.line, later.column, true,
            settings + " price the same risk twice where both hold: " + pair.risk +
                "; one of them is enough"};
  }

  const std::vector<const Rule*> rules_;
  size_t comparisons_ = 0;
};

// Only a rule for everything: a narrower one may well stand beside an interval that the channel
// asks for.
const Rule* SteadyEverywhere(const std::vector<Rule>& rules) {
  const auto rule = std::find_if(rules.begin(), rules.end(), [](const Rule& r) {
    return r.steady && r.steady->rise_after_ms > 0 && r.item.any() && r.store.any();
  });
  return rule == rules.end() ? nullptr : &*rule;
}

}  // namespace

void WarnOfRisksPricedTwice(const std::vector<Rule>& rules, int min_interval_line,
                            std::vector<RulesMessage>& messages) {
  Search search(rules);
  for (const GuardPair& pair : kPairs) search.Pair(pair, messages);
  const Rule* steady = SteadyEverywhere(rules);
  if (steady == nullptr || min_interval_line == 0) return;
  messages.push_back({steady->line, steady->column, true,
                      "steady (line " + std::to_string(steady->line) +
                          ") and the channel's min_interval (line " +
                          std::to_string(min_interval_line) +
                          ") price the same risk twice: that a rise does not last; one of them is "
                          "enough"});
}

}  // namespace shelf
