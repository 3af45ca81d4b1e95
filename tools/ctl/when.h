// Instants and spans as people give them on a command line.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace shelf::ctl {

// Unix ms of "2026-11-22T13:00:00Z", "2026-11-22 13:00:00+01:00", or Unix ms as digits alone.
// InvalidArgument names the option and says what would be right.
absl::StatusOr<int64_t> ParseInstantMs(const std::string& option, const std::string& text);

// "90s", "30m", "4h", "2d". As above.
absl::StatusOr<int64_t> ParseSpanMs(const std::string& option, const std::string& text);

}  // namespace shelf::ctl
