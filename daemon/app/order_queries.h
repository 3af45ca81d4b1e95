// What orders hold of a position and what is on its way to it, as JSON in the terms of queries.h.
// THREAD: the worker's. They change nothing.
#pragma once

#include "app/queries.h"

namespace shelf {

// At most so many documents of each kind are listed; the sums are of all.
inline constexpr size_t kDocumentsListedMax = 100;

// Puts into `position` what is reserved of it: "reserved_milli", and by id "reservations":
// [{"reservation", "channel": null when it named none, "quantity_milli", "expires_ms": when it ends
// at the latest}]; and what is expected: "expected_milli", and by due time "expected":
// [{"document", "quantity_milli", "due_ms"}].
void AddOrders(const World& world, PositionId id, Json& position);

// When, by partition time, the first of the position's reservations ends; kNever = it has none.
PartitionTime ReservedUntil(const World& world, PositionId id);

}  // namespace shelf
