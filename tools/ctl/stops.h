// Stop-sales: docs/operating/stop-sale.md.
#pragma once

#include <ostream>
#include <string>

#include "ctl/commands.h"

namespace shelf::ctl {

struct StopOptions {
  std::string action = "place";  // place, list, lift
  // place; empty: not said.
  std::string sku, store, channel, span, until, why;
  bool all = false;
  std::string id;        // place: the name it gets; lift: whose
  std::string by;        // empty: the user's name
  bool expired = false;  // list: those too
};

// An ExitCode. A stop that is written and not in force yet is kExitOk too.
int Stop(const Common& common, const StopOptions& options, std::ostream& out, std::ostream& err);

}  // namespace shelf::ctl
