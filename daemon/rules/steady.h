// Stage 7: a rise must hold for a while before it is said; a fall is said at once.
#pragma once

#include <cstdint>
#include <optional>

#include "base/steady_hold.h"
#include "base/time.h"

namespace shelf {

// What a key's last step left behind.
struct SteadyKey {
  std::optional<int64_t> decided;  // units of the item's step; nullopt: it has never had a number
  std::optional<SteadyHold> hold;
};

// What a key's number becomes, and the rise that waits behind it.
struct SteadyStep {
  int64_t sellable = 0;
  std::optional<SteadyHold> hold;
  PartitionTime until = kNever;  // when the hold ends by itself
};

// One step of a key at `now`. `offered` is what the stages before let through and `decided` what
// was decided last (nullopt: the key has never had a number, so its first is no rise), both in
// units of the item's step; `hold` is what the step before left, with a level above `decided`.
// - offered <= decided: it is taken at once, and nothing waits any more;
// - above it: decided stays, and the least number offered since the hold began waits. Once the hold
//   is `rise_after_ms` old, that number is decided; if more is offered even then, the next hold
//   begins with it.
// `rise_after_ms` <= 0: whatever is offered is taken.
SteadyStep AfterSteady(int64_t offered, std::optional<int64_t> decided,
                       const std::optional<SteadyHold>& hold, PartitionTime now,
                       int64_t rise_after_ms);

}  // namespace shelf
