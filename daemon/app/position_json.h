// A position and its evidence as JSON, in the terms of queries.h.
// THREAD: the worker's. They change nothing.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "app/queries.h"
#include "loop/world.h"

namespace shelf {

// At most so many movements are listed; the sum is of all.
inline constexpr size_t kMovementsListedMax = 20;

// NotFound says what is unknown.
absl::StatusOr<PositionId> FindPosition(World& world, std::string_view store, std::string_view sku);

// A position without its channels.
Json PositionJson(World& world, PositionId id);

// What the number rests on beside the anchor: "since_milli", the sum of the movements that count on
// top of it and that the ring still holds; "movements", the newest of them, youngest first;
// "anchor_milli", what the anchor said, null where the ring or a held count does not let it be
// known; "held_correction_milli", what a held count corrects, null without one.
Json EvidenceJson(World& world, PositionId id);

// What was last decided of a channel's key, and what has become of it.
Json LastDecided(World& world, PositionId id, ChannelId channel);

}  // namespace shelf
