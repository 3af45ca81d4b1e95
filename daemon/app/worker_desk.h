// Where questions to the worker wait for their answers, each no longer than it may.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "app/ask_worker.h"
#include "app/queries.h"
#include "loop/worker.h"

namespace shelf {

using Answer = absl::StatusOr<Json>;

// THREAD: any but the worker's.
class WorkerDesk {
 public:
  // Borrows the worker, which outlives it. `answer_ms_max`: how long a question may wait.
  WorkerDesk(Worker& worker, int64_t answer_ms_max);

  // What `question`, on the worker's thread, answers. DeadlineExceeded: nothing in time.
  // Unavailable: Stop was called. A question that was given up may still run later.
  Answer Ask(std::function<Answer(Worker&)> question);
  absl::Status AskStatus(std::function<absl::Status(Worker&)> question);
  // AskStatus of this desk, which outlives what it is given to.
  AskWorker asker();

  int64_t answer_ms_max() const { return answer_ms_max_; }
  // Whoever waits, and asks from now on, is told that shelfd is stopping.
  void Stop();

 private:
  struct Waiting;
  Worker& worker_;
  const int64_t answer_ms_max_;
  const std::shared_ptr<Waiting> waiting_;  // shared with what is posted, which may outlive us
};

}  // namespace shelf
