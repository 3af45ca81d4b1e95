// What a complete list says of the positions that it does not mention, and the brake on it. A
// half-written export is the commonest incident, and it looks like a store that sold everything.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "decode/event.h"
#include "position/apply.h"
#include "position/store_state.h"

namespace shelf {

// A sweep that would bring more than both of the positions in stock to nothing waits for an
// operator. Until then nothing follows from the list: Tb does not move by it, nothing heals, the
// store is frozen. Its lines stand, since each is true alone.
inline constexpr uint32_t kSweepPercentMax = 30;
inline constexpr uint32_t kSweepPositionsMax = 20;

bool NeedsOperator(const SweepForecast& forecast);

// What the sweep of the list in store.list, which source `source` sent, would do now.
SweepForecast Forecast(const StoreState& store, uint8_t source, const PositionTable& positions);

// At most `count` of the positions that it would bring to nothing, the largest on-hand first.
std::vector<PositionId> LargestSwept(const StoreState& store, uint8_t source,
                                     const PositionTable& positions, size_t count);

// store.list is complete: does what follows from that, or holds it.
void EndList(StoreState& store, uint8_t source, ApplyContext& context);

// Movements since the held list are forgotten: its sweep would undo them.
bool IsTooOldToRelease(const StoreState& store);

// An operator's decision (a kListDecision) on the list that `store` holds. kNoSuchList: it holds
// none of that name. kListTooOld: it is not released any more.
ApplyResult DecideList(const Event& decision, StoreState& store, ApplyContext& context);

}  // namespace shelf
