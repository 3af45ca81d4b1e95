// `shelfd pipe`: the loop over standard input and output, one JSON object a line.
#pragma once

#include <istream>
#include <ostream>
#include <string>

namespace shelf {

struct PipeOptions {
  std::string rules_path;  // empty: the built-in rule set
};

// Runs `in` to its end. One partition, incarnation 1, no catch-up; a reference line holds from
// where it stands. What is decided goes out after each tick and at the end. Bad lines become
// rejects and stop nothing. Returns an ExitCode: kExitBadInput for the rules, kExitFailed when
// `out` cannot be written.
int RunPipe(const PipeOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace shelf
