// What a fuzz target insists on: a property that does not hold ends the process.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace shelf {

inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace shelf
