// How far a store's sales are known to lie behind partition time, in its trading time, and when
// that alone changes what its positions may offer.
#pragma once

#include "loop/world.h"

namespace shelf {

// A tick came: partition time moves on (never back), and a stretch without ticks that just ended is
// noted as deaf. True when the set of deaf stretches changed, so that every store's lag must be
// computed again.
bool MoveTime(Partition& partition, PartitionTime to);

// Partition time - watermark in trading time, without the deaf stretches of the last kDeafGraceMs
// as far as they lie after the watermark: what a store says of a stretch comes out of its spool
// after the stretch, in order, so its first promise is no sign that nothing more will come.
// kLagUnknownMs when nothing was ever promised, and before the first tick. >= 0.
int64_t LagMs(const Store& store, const Partition& partition);
// The same at `at`, now or later, if until then the ticks come in time and nothing else does.
int64_t LagMsAt(const Store& store, const Partition& partition, PartitionTime at);
// The first instant after `at` at which that lag crosses a border of the rules in force, or a deaf
// stretch begins to count; kNever: it does not. It looks from one such instant to the next.
PartitionTime NextLagChange(const Store& store, const Partition& partition, PartitionTime at);

// Computes the store's lag and the instant at which it crosses the next border by itself. True when
// the lag lies between other borders than before: all the store's positions must be evaluated.
bool UpdateLag(Store& store, const Partition& partition);

}  // namespace shelf
