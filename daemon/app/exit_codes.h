// What shelfd's exit status says. Documented in docs/operating/exit-codes.md.
#pragma once

namespace shelf {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,    // the environment failed for good: disk, broker
  kExitBadInput = 2,  // configuration, rules or command line
  kExitRefused = 3,   // starting would lose or double data: partition count, incarnation, lock,
                      // topics, an offset that is not in the log
};

}  // namespace shelf
