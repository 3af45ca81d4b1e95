// The commands `shelfctl record` and `shelfctl replay`, and what `explain` takes for the past.
#pragma once

#include "ctl/command_line.h"

namespace shelf::ctl {

void AddRecord(CLI::App& app, CommandLine& line);
void AddReplay(CLI::App& app, CommandLine& line);
// --at and --recording, which need each other.
void AddPast(CLI::App& explain, CommandLine& line);

}  // namespace shelf::ctl
