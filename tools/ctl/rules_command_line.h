// The commands of `shelfctl rules` and their options.
#pragma once

#include "ctl/command_line.h"

namespace shelf::ctl {

void AddRules(CLI::App& app, CommandLine& line);

}  // namespace shelf::ctl
