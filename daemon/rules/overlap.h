// How the rules of one channel stand to one another.
#pragma once

#include <vector>

#include "rules/rule.h"
#include "rules/rule_set.h"

namespace shelf {

// In the order in which they are asked: each stage takes the first that sets it and matches.
// Borrows `rules`.
std::vector<const Rule*> ByPrecedence(const std::vector<Rule>& rules);

// Appends a warning for each rule that sets no stage; for each of which stages never hold, since
// wherever it matches another goes before it; and for each that only its line tells from an equally
// specific one of the same priority which sets a stage that it sets too, while both may match (the
// earlier holds). At most one warning a rule. Whether two groups share a store, the file does not
// say: they may.
void WarnOfIdleAndShadowedRules(const std::vector<Rule>& rules,
                                std::vector<RulesMessage>& messages);

}  // namespace shelf
