// Pieces of the daemon that are broken on purpose in the program shelf-sim-mutants, one at a time:
// whether the simulation can fail. The table is in tests/sim/mutants/mutants.txt. In shelf-sim
// there are none.
#pragma once

#include <string_view>
#include <vector>

namespace shelf::sim {

struct Mutant {
  std::string_view name;
  std::string_view what;  // is broken, in words
};

// Numbered from 1.
const std::vector<Mutant>& Mutants();

// Its number; 0: the daemon as it is. Set before the first world begins.
extern int chosen_mutant;

}  // namespace shelf::sim
