#include "app/clock.h"

#include <chrono>

namespace shelf {

int64_t WallMs() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace shelf
