// An operator's decision on a list that waits goes into the store's own partition, as time does:
// whoever reads the log again decides the same at the same place.
// THREAD: the worker's.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "decode/event.h"
#include "io/sink.h"
#include "loop/world.h"

namespace shelf {

struct HoldDecision {
  std::string store;
  std::string snapshot_id;  // empty: whichever list the store holds
  ListAction action = ListAction::kUnspecified;
  std::string by;  // for people
};

// Hands the decision to the sink; it is in force when it comes back from the log. NotFound: the
// store holds no such list. InvalidArgument: that list cannot be released any more. Unavailable:
// the sink takes nothing now.
absl::Status AppendListDecision(const HoldDecision& decision, World& world, Sink& sink);

}  // namespace shelf
