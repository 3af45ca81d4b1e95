// Time zones by their IANA names, from the machine's tz database.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace shelf {

// InvalidArgument when `name` is empty, unknown, or means something else on another machine
// ("localtime", a path): the same log must give the same hours everywhere.
absl::StatusOr<absl::TimeZone> LoadIanaZone(const std::string& name);

}  // namespace shelf
