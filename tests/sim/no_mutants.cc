#include "sim/mutants.h"

namespace shelf::sim {

int chosen_mutant = 0;

const std::vector<Mutant>& Mutants() {
  static const std::vector<Mutant> none;
  return none;
}

}  // namespace shelf::sim
