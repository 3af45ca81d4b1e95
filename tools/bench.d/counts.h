// Claim tested: a store that sends 10,000 counts at once, after a busy day whose movements its ring
// holds, is applied and evaluated in under 100 ms of CPU.
#pragma once

#include "figures.h"
#include "load.h"

namespace shelf {

// The first store of the load alone: its list, `lines` movements, and then a count of each SKU, a
// hundred in a document. counts, cpu_ms, and the hash of what is on hand then. Ends the program
// where that is not what was counted.
Figures RunCountsBench(LoadOptions options);

}  // namespace shelf
