// What `rules diff` found, as tables that are read at a glance. Pure.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "ctl/table.h"

namespace shelf::ctl {

// `diff`: of RulesDiffJson. `rules`: the file that was tried, as it was named. Of categories and
// stores at most `rows` each.
void ShowRulesDiff(const Json& diff, const std::string& rules, size_t rows, std::ostream& out);

}  // namespace shelf::ctl
