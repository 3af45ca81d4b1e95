// Counts the funnel again and again for the metrics, so that a scrape never waits for a count. It
// takes a small share of the worker's time: after each slice it pauses for many times as long.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "app/funnel.h"

namespace shelf {

struct FunnelKeeperOptions {
  int64_t interval_ms = 60'000;  // from the end of one count to the next; 0: none is counted
  int64_t slice_us_max = 1'000;
  int64_t pause_us = 19'000;  // after each slice: with it at most 5 % of the worker's time
};

class FunnelKeeper {
 public:
  // `run` as CountFunnel's; an error ends the count, and the next is tried an interval later. It
  // must return within a second once Stop was called.
  FunnelKeeper(FunnelKeeperOptions options, RunSlice run);
  ~FunnelKeeper();  // stops

  void Start();
  void Stop();

  // The newest that was counted whole, with "duration_ms"; null before there is one. THREAD: any.
  Json newest();

 private:
  void Run();
  bool WaitFor(int64_t us);  // false: it is to stop

  const FunnelKeeperOptions options_;
  const RunSlice run_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // under mutex_
  Json newest_;            // under mutex_
};

}  // namespace shelf
