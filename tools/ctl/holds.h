// Lists that wait for an operator: docs/operating/holds.md.
#pragma once

#include <ostream>
#include <string>

#include "ctl/commands.h"

namespace shelf::ctl {

struct HoldOptions {
  std::string action;  // list, release, drop
  std::string store;   // list: empty for all
  std::string snapshot;
  std::string by;  // empty: the user's name
};

// An ExitCode. A decision that stands in the log and is not in force yet is kExitOk too.
int Hold(const Common& common, const HoldOptions& options, std::ostream& out, std::ostream& err);

}  // namespace shelf::ctl
