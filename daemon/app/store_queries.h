// What people and tools ask about stores: how far each is known, and what is missing. As JSON, in
// the terms of queries.h.
// THREAD: the worker's. They change nothing.
#pragma once

#include <cstddef>
#include <optional>

#include "app/queries.h"

namespace shelf {

// A time, null where it is 0: never.
Json KnownMs(int64_t ms);

// The store's lag now in its trading time; null: it never promised anything, or there is no time
// yet.
Json LagJson(const Store& store, const Partition& partition);

// The stores with what is missing of their sources: all in the order in which they were first seen,
// or (`worst`) so many, an unknown lag first, then the longest, then by name.
Json ListStores(Worker& worker, std::optional<size_t> worst = std::nullopt);

// {"worst_store", "worst_ms": the longest lag that is known, "unknown": stores without one,
// "frozen", "behind": {"up_to_1m": stores, … , "over_1d"}}: each store with a known lag is in one
// entry of `behind`.
Json LagSummary(World& world);

}  // namespace shelf
