// `shelfctl top`: a running daemon, watched.
#pragma once

#include <chrono>
#include <optional>
#include <ostream>

#include "ctl/commands.h"

namespace shelf::ctl {

struct TopOptions {
  std::chrono::milliseconds every{1000};
  std::optional<std::chrono::milliseconds> duration;  // none: until SIGINT or SIGTERM
  bool redraw = false;   // standard output is a terminal: one block, drawn over itself
  bool blocks = false;   // when it does not redraw: blocks of 80 columns, an empty line after each
  bool colours = false;  // only when it redraws
};

// Draws a picture, one more at every interval and the last at the end: a block on a terminal, else
// a line (or a block); with common.json an object a line with the daemon's answers as they came.
// Goes on while no daemon answers. kExitOk; kExitUnreachable when none ever did; kExitFailed when
// `out` takes no more. THREAD: the process's main thread, with no others yet: blocks SIGINT and
// SIGTERM while it runs and takes them itself; ignores SIGPIPE for good.
int Top(const Common& common, const TopOptions& options, std::ostream& out, std::ostream& err);

}  // namespace shelf::ctl
