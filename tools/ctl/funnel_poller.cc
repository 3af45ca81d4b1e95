#include "ctl/funnel_poller.h"

#include <algorithm>
#include <utility>

namespace shelf::ctl {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

FunnelPoller::FunnelPoller(const std::string& admin, milliseconds every)
    : client_(admin, AdminClient::kFunnelMax), every_(every), thread_([this] { Run(); }) {}

FunnelPoller::~FunnelPoller() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    // An abort may come a moment before the question that it is for.
    while (!changed_.wait_for(lock, milliseconds(20), [this] { return stopped_; })) {
      client_.Abort();
    }
  }
  thread_.join();
}

std::optional<absl::StatusOr<Json>> FunnelPoller::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(newest_, std::nullopt);
}

void FunnelPoller::Run() {
  milliseconds pause{0};
  while (Rest(pause)) {
    const steady_clock::time_point start = steady_clock::now();
    absl::StatusOr<Json> answer = client_.Get("/v1/funnel");
    const auto took = duration_cast<milliseconds>(steady_clock::now() - start);
    pause = answer.ok() ? std::max(every_ - took, 2 * took) : every_;
    const std::lock_guard<std::mutex> lock(mutex_);
    newest_ = std::move(answer);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool FunnelPoller::Rest(milliseconds pause) {
  std::unique_lock<std::mutex> lock(mutex_);
  return !changed_.wait_for(lock, pause, [this] { return stopping_; });
}

}  // namespace shelf::ctl
