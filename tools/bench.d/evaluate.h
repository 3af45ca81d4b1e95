// Claim tested: with the fixed presence rules 10 million keys (a position on a channel) are decided
// a second and core, facts and all stages included.
#pragma once

#include "figures.h"
#include "load.h"

namespace shelf {

// The load's stores after its opening lists and movements; then every position is decided `rounds`
// times, as a sweep does it but for what it sends. By rule set: keys_per_s, and the hash of what
// was decided. `plain` has lag, safety stock and limits; `presence` adds the fixed presence rules,
// `all` days of cover, an allocation group and steady. `diff`: the same keys under two sets that
// differ for every position, as `shelfctl rules diff` does it: decisions_per_s of either set.
Figures RunEvaluateBench(const LoadOptions& options, int rounds);

}  // namespace shelf
