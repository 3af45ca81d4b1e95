// A world in a process of its own: one that crashes or never ends is an outcome like any other.
#pragma once

#include <sys/types.h>

#include <string>

#include "sim/plan.h"
#include "sim/universe.h"

namespace shelf::sim {

// THREAD: who starts them has no other threads.
class Apart {
 public:
  // Begins to run the plan, twice when `twice`: then another log is a failure.
  explicit Apart(Plan plan, bool twice = false);
  Apart(Apart&& other) noexcept;
  Apart& operator=(Apart&&) = delete;
  ~Apart();

  const Plan& plan() const { return plan_; }
  // Waits for its end.
  Outcome Finish();

 private:
  Plan plan_;
  pid_t child_ = -1;
  int answer_ = -1;  // file descriptor
};

}  // namespace shelf::sim
