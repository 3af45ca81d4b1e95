// The rules of a running daemon: docs/operating/rules.md.
#pragma once

#include <ostream>
#include <string>

#include "ctl/commands.h"

namespace shelf::ctl {

struct RulesOptions {
  std::string action = "show";  // apply, show, history, text
  std::string file;             // apply: empty: the daemon reads its configured file again
  std::string hash = "newest";  // text: whose
  std::string by;               // apply; empty: the user's name
  bool force = false;           // apply: whatever it would set to zero
};

// An ExitCode: kExitNotAsPlanned when the rules would set too much to zero, kExitUsage when they
// cannot be used. Apply waits until they are in force everywhere.
int Rules(const Common& common, const RulesOptions& options, std::ostream& out, std::ostream& err);

}  // namespace shelf::ctl
