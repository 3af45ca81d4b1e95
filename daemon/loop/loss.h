// A part of a partition's log is gone before it was applied, and an operator went on without it
// (--accept-loss). What the stores of the partition have is not known any more: every one of them,
// known now or heard of later, sells nothing until its book has sent a complete list and has passed
// what is gone (StoreState::EndLossWhenPassed). That stands in the state, so a later start goes on
// with it, and a replay decides the same.
// THREAD: the worker's.
#pragma once

#include <cstdint>

#include "loop/world.h"

namespace shelf {

// `incarnation`: of the process that was told to go on. All stores of the partition wait for lists.
void AcceptLoss(World& world, Partition& partition, uint64_t incarnation);

// At each tick, when partition time has moved. What is gone was appended before the first tick
// after it, so that one's time bounds it for all stores of the partition.
void NoteTimeAfterLoss(World& world, Partition& partition);

// The store waits for a complete list of its book, the declared one or else `erp`. What was
// received of a list is forgotten, for some of it may be among what is gone. Called again when
// another source became the book.
void AwaitList(World& world, Store& store);

}  // namespace shelf
