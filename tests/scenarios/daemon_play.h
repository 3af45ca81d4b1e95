// Scenarios in which the daemon itself stops, dies, loses its disk or meets another writer: the
// production worker over a broker and a disk in memory (tests/loop/harness.h). Beside the lines of
// script.h, which reach the log whether it runs or not:
//
//   TIME daemon starts        with what its disk holds; TIME is not before Monday 06:00
//   TIME daemon stops         as told to, with a last checkpoint
//   TIME daemon dies          killed
//   TIME daemon loses-disk    killed, and its machine's disk is gone
//   TIME predecessor KEY=N    a stalled predecessor wakes up and writes a number of its own
//   TIME ask 1/A              => A on hand 4, reserved 1, expected 0: what `shelfctl get` shows
//
// Ticks are the daemon's own: `tick` and `ticks` only let time pass.
#pragma once

#include <vector>

#include "scenarios/behaviour.h"

namespace shelf {

std::vector<Lines> ThroughDaemon(const Scenario& scenario);

}  // namespace shelf
