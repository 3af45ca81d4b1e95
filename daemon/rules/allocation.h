// Stage 5: the channels of a group share what there is of a position, so that together they offer
// no more than a declared multiple of it.
#pragma once

#include <cstdint>
#include <span>

namespace shelf {

// One channel of a group. Steps are whole steps of the item.
struct Sharer {
  int64_t share = 0;    // 0 … kShareMax, against the others' shares
  int64_t wanted = 0;   // steps it could offer, >= 0
  int64_t granted = 0;  // 0 … wanted; the result
};

// Shares `steps` (>= 0) out among at most kChannelsMax sharers, those who go first in front. Each
// has a part by its share: the whole steps of steps x share / sum of shares, and what that leaves
// over by one step each to the largest remainders, of equal ones to who goes first. It is granted
// what it wants of its part. What is not wanted then, or what there is when all shares are 0, goes
// to those who want more, in their order.
//
// So the grants add up to min(steps, sum of what is wanted): shares say who, never how much in all.
// Who wants less is never granted more, and nobody else less. The remainders' rounding may move a
// single step between two sharers when `steps` or a share changes; the sum never moves the wrong
// way.
void ShareOut(int64_t steps, std::span<Sharer> sharers);

// Whole steps that a group may offer together: base_milli (>= 0) x overcommit, rounded down. At
// most INT64_MAX / step_milli.
int64_t GroupSteps(int64_t base_milli, int64_t overcommit_micro, int64_t step_milli);

// Group steps it takes to offer the whole steps in `in_milli` when `own_milli` of it is the
// channel's alone; both >= 0.
int64_t StepsWanted(int64_t in_milli, int64_t own_milli, int64_t step_milli);

// What of `in_milli` passes with so many steps granted, the channel's own on top: whole steps, even
// where all is granted that is wanted. Otherwise a cutoff behind it could let more out of less.
int64_t AfterAllocation(int64_t in_milli, int64_t own_milli, const Sharer& sharer,
                        int64_t step_milli);

}  // namespace shelf
