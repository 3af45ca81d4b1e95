// A replay's report as one page that needs nothing else: no script, no font, no picture from
// elsewhere. It follows the reader's light or dark setting, and prints.
#pragma once

#include <string>

#include "replay/figures.h"

namespace shelf::ctl {

// UTF-8. The same report gives the same bytes.
std::string ReportHtml(const Report& report);

}  // namespace shelf::ctl
