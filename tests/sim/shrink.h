// A plan that fails, made as short as may be.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "sim/plan.h"

namespace shelf::sim {

// The steps of `plan` with these numbers, which rise.
Plan WithSteps(const Plan& plan, const std::vector<size_t>& numbers);

// Numbers of steps that fail too, of which none can be left out alone unless `tries_max` runs were
// not enough. Delta debugging (Zeller, Hildebrandt 2002), complements only: parts of half the
// steps, a quarter … down to single ones are left out while it goes on failing.
std::vector<size_t> Shrink(const Plan& plan, const std::function<bool(const Plan&)>& fails,
                           int tries_max);

}  // namespace shelf::sim
