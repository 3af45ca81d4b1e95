#include "app/worker_desk.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf {

struct WorkerDesk::Waiting {
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
};

WorkerDesk::WorkerDesk(Worker& worker, int64_t answer_ms_max)
    : worker_(worker), answer_ms_max_(answer_ms_max), waiting_(std::make_shared<Waiting>()) {}

Answer WorkerDesk::Ask(std::function<Answer(Worker&)> question) {
  auto answer = std::make_shared<std::optional<Answer>>();
  worker_.Post([question = std::move(question), answer, waiting = waiting_](Worker& its) {
    Answer given = question(its);
    const std::lock_guard<std::mutex> lock(waiting->mutex);
    *answer = std::move(given);
    waiting->changed.notify_all();
  });
  std::unique_lock<std::mutex> lock(waiting_->mutex);
  waiting_->changed.wait_for(lock, std::chrono::milliseconds(answer_ms_max_),
                             [&] { return answer->has_value() || waiting_->stopping; });
  if (answer->has_value()) return **answer;
  if (waiting_->stopping) return absl::UnavailableError("shelfd is stopping");
  return absl::DeadlineExceededError(absl::StrCat("no answer within ", answer_ms_max_, " ms"));
}

absl::Status WorkerDesk::AskStatus(std::function<absl::Status(Worker&)> question) {
  return Ask([question = std::move(question)](Worker& its) -> Answer {
           const absl::Status status = question(its);
           return status.ok() ? Answer(Json()) : Answer(status);
         })
      .status();
}

AskWorker WorkerDesk::asker() {
  return [this](std::function<absl::Status(Worker&)> question) {
    return AskStatus(std::move(question));
  };
}

void WorkerDesk::Stop() {
  {
    const std::lock_guard<std::mutex> lock(waiting_->mutex);
    waiting_->stopping = true;
  }
  waiting_->changed.notify_all();
}

}  // namespace shelf
