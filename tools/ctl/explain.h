// An explanation (daemon/app/explain.h) as text for who answers for the goods.
#pragma once

#include <ostream>
#include <string>

#include "ctl/commands.h"
#include "ctl/table.h"

namespace shelf::ctl {

// Asks the daemon, and shows its answer; an ExitCode.
int Explain(const Common& common, const std::string& channel, const std::string& store,
            const std::string& sku, std::ostream& out, std::ostream& err);

// The answer as text. Throws Json::exception when it has another form.
void ShowExplanation(const Json& explanation, std::ostream& out);

}  // namespace shelf::ctl
