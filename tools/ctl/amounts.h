// Quantities of goods as people say them.
#pragma once

#include <cstdint>
#include <string>

#include "ctl/table.h"

namespace shelf::ctl {

// Thousandths in a unit of measure (UN/ECE Rec 20; null: not known): "1 piece", "-3 pieces",
// "2.35 kg"; a code that is not among the usual ones stands as it is.
std::string Amount(const Json& milli, const Json& unit_of_measure);

// "23 steps of 0.1 kg".
std::string StepsOf(int64_t count, const Json& step_milli, const Json& unit_of_measure);

// So many steps of an item: "4 pieces"; where a step is no whole unit also "2.3 kg (23 steps of 0.1
// kg)".
std::string AmountOfSteps(const Json& steps, const Json& step_milli, const Json& unit_of_measure);

}  // namespace shelf::ctl
