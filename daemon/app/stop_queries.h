// Stop-sales over the admin port: placing, listing and lifting them. JSON in the terms of
// queries.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "app/ask_worker.h"
#include "app/queries.h"
#include "reference/reference.h"

namespace shelf {

// So many stops may hold at a time: each evaluation looks at them all.
inline constexpr size_t kStopsMax = 1000;

// The stops, by id: [{"id", "sku", "name": the item's, "store", "channel": null = every one, "by",
// "reason", "expires_ms": null = until lifted, "expired", "positions": how many it names}].
// `with_expired`: those too that let go by themselves.
// THREAD: the worker's.
Json ListStops(World& world, bool with_expired);

// What is wrong with none of it, but whoever asks may not have meant: names that nothing is known
// of, in words. THREAD: the worker's.
std::vector<std::string> StopWarnings(const StopInfo& stop, const World& world);

// Writes the stop into `reference` and waits at most `wait_ms` until it is in force everywhere.
// `stop.id` empty: one is made of its scope and `now_ms`. As an entry of ListStops, and "state":
// "in_force", "sweeping" (some of the stores that it names as a whole have not had their turn),
// "in_log" (no tick has named it yet) or "waiting" (for the broker); and "warnings".
// InvalidArgument: its id is taken, or too many hold. PermissionDenied and others: the broker's
// words. THREAD: any but the worker's.
absl::StatusOr<Json> PlaceStop(StopInfo stop, int64_t now_ms, int64_t wait_ms,
                               const AskWorker& ask);

// The same to lift one: what it was, by whom it is lifted, "state". NotFound: there is none by that
// id.
absl::StatusOr<Json> LiftStop(const std::string& id, const std::string& by, int64_t wait_ms,
                              const AskWorker& ask);

}  // namespace shelf
