// Stop-sales: what an operator takes off sale, whatever the rules say.
// THREAD: the worker's.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "loop/world.h"
#include "reference/reference.h"

namespace shelf {

// Whether it is past by partition time; it stays a record of the topic all the same.
bool IsExpired(const StopInfo& stop, PartitionTime now);

// The stops that hold for a position on a channel now, by id; they live until the next reference
// record. Allocates: for explanations.
std::vector<const StopInfo*> StopsFor(const World& world, PositionId id, ChannelId channel);

// Whether it has come to every position that it names: no store of them waits for the pass of a
// sweep that lets falls out. `lifted`: nor for that which lets rises out.
bool IsSwept(const StopInfo& stop, bool lifted, World& world);

// How many positions it names, whatever becomes of them.
size_t PositionsUnder(const StopInfo& stop, World& world);

// Its record in `reference`: key stop/ID, and the value. `lifted`: the record that lifts it.
std::string StopKey(const std::string& id);
std::string StopValue(const StopInfo& stop, bool lifted);

}  // namespace shelf
