// What a reader of a rules file would want to know though it is no error.
#pragma once

#include <vector>

#include "rules/rule.h"
#include "rules/rule_set.h"

namespace shelf {

// Appends a warning for each rule of one channel that sets no stage, and for each that sets a
// stage which an earlier, equally specific rule of the same priority sets too while both may
// match (the earlier holds). At most one warning a rule. Whether two groups share a store, the file
// does not say: they may.
void WarnOfIdleAndEqualRules(const std::vector<Rule>& rules, std::vector<RulesMessage>& messages);

}  // namespace shelf
