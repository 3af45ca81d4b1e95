// A chain of three stores and a day with a bit of everything in it, for tests of restarts.
#pragma once

#include "loop/harness.h"

namespace shelf {

// Stores 1 to 3, of which 2 has a required early source; items A, B, C.
void PutReference(Harness& harness);

// PutReference, and store 1 has 10 of A by its book's list, and all is said.
void OpenShop(Harness& harness);

// What happens in the stores in turn `turn`, which may be above kDayTurns: a day like it follows.
inline constexpr int kDayTurns = 24;
void LiveThrough(int turn, Harness& harness);

}  // namespace shelf
