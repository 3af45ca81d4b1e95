// `shelfd backup` and `shelfd restore`, for people: what was done on standard output, why not on
// standard error.
#pragma once

#include <string>

#include "config/config.h"

namespace shelf {

// Return an ExitCode.
int RunBackup(const Config& config, const std::string& to);
int RunRestore(const Config& config, const std::string& from, bool replace);

}  // namespace shelf
