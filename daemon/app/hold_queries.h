// Lists that wait for an operator, as JSON, in the terms of queries.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "app/ask_worker.h"
#include "app/queries.h"
#include "loop/list_decision.h"

namespace shelf {

// [{"store", "snapshot", "source", "since_ms", "as_of_ms", "in_stock": positions with stock,
// "would_be_zeroed", "share_percent", "too_old": it can only be dropped, "largest": [{"sku",
// "name", "on_hand_milli"}]}]. The numbers are those of when it came, the largest those of now;
// null where looking for them would keep the worker too long: ask for that store alone. `store`
// empty: all of them.
// THREAD: the worker's.
Json ListHolds(World& world, std::string_view store);

// How many lists wait now.
size_t CountHolds(const World& world);

// Appends the decision to the log and waits at most `wait_ms` until it is in force.
// {"store", "snapshot", "action", "by", "in_force"}: false when it is in the log and has not come
// back yet. Errors as of AppendListDecision. THREAD: any but the worker's.
absl::StatusOr<Json> DecideHold(const HoldDecision& decision, int64_t wait_ms,
                                const AskWorker& ask);

}  // namespace shelf
