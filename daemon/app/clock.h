// The only real clock of the daemon.
#pragma once

#include <cstdint>

namespace shelf {

// Unix milliseconds, UTC.
int64_t WallMs();

}  // namespace shelf
