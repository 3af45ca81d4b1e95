// `shelfd check`: what is wrong with a configuration and a rules file, before anything runs by
// them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace shelf {

struct CheckOptions {
  std::string config;             // path; empty: the defaults
  std::vector<std::string> sets;  // "key=value", on top
  std::string rules;              // path; empty: the configuration's
  bool strict = false;            // warnings are as bad as errors
};

// Both files are checked, whatever is wrong with the other. Every error and warning goes to `err`
// with file, line and column; what was read goes to `out`, the configuration only when it was asked
// for. Returns an exit code.
int RunCheck(const CheckOptions& options, std::ostream& out, std::ostream& err);

}  // namespace shelf
