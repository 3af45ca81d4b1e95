#include "app/funnel_keeper.h"

#include <chrono>
#include <utility>

namespace shelf {

FunnelKeeper::FunnelKeeper(FunnelKeeperOptions options, RunSlice run)
    : options_(options), run_(std::move(run)) {}

FunnelKeeper::~FunnelKeeper() { Stop(); }

void FunnelKeeper::Start() {
  if (options_.interval_ms > 0) thread_ = std::thread([this] { Run(); });
}

void FunnelKeeper::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Json FunnelKeeper::newest() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return newest_;
}

bool FunnelKeeper::WaitFor(int64_t us) {
  std::unique_lock<std::mutex> lock(mutex_);
  return !changed_.wait_for(lock, std::chrono::microseconds(us), [this] { return stopping_; });
}

void FunnelKeeper::Run() {
  const RunSlice slowly = [this](std::function<absl::Status(Worker&)> slice) -> absl::Status {
    if (!WaitFor(options_.pause_us)) return absl::CancelledError("stopping");
    return run_(std::move(slice));
  };
  do {
    absl::StatusOr<Json> funnel = CountFunnel("", options_.slice_us_max, slowly);
    if (!funnel.ok()) continue;  // not caught up yet, or too busy: the next one
    const Json& time_ms = funnel->at("time_ms");
    (*funnel)["duration_ms"] = time_ms.at("to").get<int64_t>() - time_ms.at("from").get<int64_t>();
    const std::lock_guard<std::mutex> lock(mutex_);
    newest_ = *std::move(funnel);
  } while (WaitFor(options_.interval_ms * 1000));
}

}  // namespace shelf
