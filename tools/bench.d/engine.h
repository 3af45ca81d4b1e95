// Claim tested: the engine alone (decode, apply, evaluate four channels, outbox, encode of what
// changed) over memory, without any I/O, needs a fraction of what Kafka's clients need for a line.
#pragma once

#include "figures.h"
#include "load.h"

namespace shelf {

// CPU time a line: cpu_us_a_line of movements that are evaluated and published, intake_us_a_line of
// the same while catching up (decode and apply alone), lists_us_a_line of the opening lists. Ends
// the program where on hand is not what the lines add up to.
Figures RunEngineBench(const LoadOptions& options);

}  // namespace shelf
