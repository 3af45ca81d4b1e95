// A rise that waits until it has held long enough, see rules/steady.h.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace shelf {

struct SteadyHold {
  int64_t level = 0;    // the least that was offered since: units of the item's step
  PartitionTime since;  // when it began
  friend bool operator==(const SteadyHold&, const SteadyHold&) = default;
};

}  // namespace shelf
