// Questions to a running worker from other threads.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "loop/worker.h"

namespace shelf {

// Runs a function on the worker's thread and gives back what it says, or why it did not run. A
// question that was given up may still run later.
using AskWorker = std::function<absl::Status(std::function<absl::Status(Worker&)>)>;

// Looks again and again, `wait_ms` at most and once at least, until `look`, on the worker's thread,
// says that it has seen what is waited for: bool(Worker&, Seen&). The newest that was seen; `seen`
// when the worker did not answer. THREAD: any but the worker's.
template <typename Seen, typename Look>
Seen LookUntil(Seen seen, int64_t wait_ms, const AskWorker& ask, const Look& look) {
  constexpr std::chrono::milliseconds kPause{20};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  for (;;) {
    // Each look has its own place to write to: one that was given up may still run.
    struct Place {
      Seen seen;
      bool found = false;
    };
    const auto place = std::make_shared<Place>(Place{seen, false});
    const absl::Status asked = ask([place, look](Worker& worker) {
      place->found = look(worker, place->seen);
      return absl::OkStatus();
    });
    if (!asked.ok()) return seen;
    seen = std::move(place->seen);
    if (place->found || std::chrono::steady_clock::now() >= deadline) return seen;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace shelf
