// The funnel as tables for people.
#pragma once

#include <ostream>

#include "nlohmann/json.hpp"

namespace shelf::ctl {

// `funnel`: what the daemon answers. For each channel the way from the base through what each stage
// withholds to what may be sold, then what its keys are. A stage that withholds nothing in any
// channel is left out. Throws nlohmann::json::exception on an answer of another form.
void ShowFunnel(const nlohmann::ordered_json& funnel, std::ostream& out);

}  // namespace shelf::ctl
