// What becomes of a key's number by time alone: if nothing more is heard, while the ticks come in
// time. What a store's silence, an expiring reservation or stop, and a rise that has held long
// enough do to it is worked out by the evaluation itself, at each instant at which an answer may
// change.
//
// It does not reach into what waits for a sweep: there the evaluation is ahead of what was decided.
// THREAD: the worker's. Nothing is changed.
#pragma once

#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "loop/world.h"

namespace shelf {

// So many instants are looked at. Beyond them nothing is said.
inline constexpr int kOutlookInstantsMax = 32;

struct Outlook {
  // The first instant at which another number or status holds, and the decision then. It is decided
  // with the first tick at or after it, and only if no further change comes before that tick.
  struct Change {
    PartitionTime at;
    Decision decision;
  };
  std::optional<Change> change;
  // No change up to here; kNever: there is none, unless something is heard.
  PartitionTime looked_until = kNever;
};

// Of a key as it would be decided now, Evaluator::Decide. Before the first tick nothing changes,
// nor does a key whose channel only rules have that are not in force yet: they come with a tick.
Outlook OutlookOf(World& world, PositionId id, ChannelId channel);

}  // namespace shelf
