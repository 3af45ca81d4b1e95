// A replay's report for people at a terminal.
#pragma once

#include <ostream>

#include "replay/figures.h"

namespace shelf::ctl {

void WriteReport(const Report& report, std::ostream& out);

}  // namespace shelf::ctl
