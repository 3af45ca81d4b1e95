// Try before: what a rules file would change, over a copy of the state:
// docs/operating/rules-diff.md.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "ctl/commands.h"

namespace shelf::ctl {

struct RulesDiffRequest {
  std::string rules;                  // the file to try
  std::string old_rules;              // against this file; empty: the rules that are in force
  std::vector<std::string> channels;  // only these; empty: all
  size_t top = 10;                    // largest changes, and rows by category and store
  size_t category_depth = 1;
  std::string changes;    // a CSV file of all changes; empty: none
  bool progress = false;  // says on `err` how far it is
};

// kExitOk; kExitNotAsPlanned: done, and the brake would stop these rules; kExitUsage: a rules file
// cannot be used, every reason is on `err`; else as other commands.
int DiffRules(const Common& common, const RulesDiffRequest& request, std::ostream& out,
              std::ostream& err);

}  // namespace shelf::ctl
