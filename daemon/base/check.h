// SHELF_CHECK: a programmer's error ends the process with the place and the words, in every build.
#pragma once

#include <cstdio>
#include <cstdlib>

#define SHELF_CHECK(condition, words)                                                       \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      std::fprintf(stderr, "%s:%d: check failed: %s: %s\n", __FILE__, __LINE__, #condition, \
                   words);                                                                  \
      std::abort();                                                                         \
    }                                                                                       \
  } while (false)
