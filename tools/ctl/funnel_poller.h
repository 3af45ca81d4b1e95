// Asks for the funnel again and again on a thread of its own, since a count over tens of millions
// of positions takes longer than a picture may stand still.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "ctl/admin_client.h"

namespace shelf::ctl {

class FunnelPoller {
 public:
  // Asks at most every `every`, and rests twice as long as the count before took, so that the
  // daemon is not counting all the time.
  FunnelPoller(const std::string& admin, std::chrono::milliseconds every);
  // Cuts off the count that is under way.
  ~FunnelPoller();
  FunnelPoller(const FunnelPoller&) = delete;
  FunnelPoller& operator=(const FunnelPoller&) = delete;

  // The newest answer, once.
  std::optional<absl::StatusOr<Json>> Take();

 private:
  void Run();
  // False: it is to stop.
  bool Rest(std::chrono::milliseconds pause);

  const AdminClient client_;
  const std::chrono::milliseconds every_;

  std::mutex mutex_;  // protects the members below
  std::condition_variable changed_;
  std::optional<absl::StatusOr<Json>> newest_;
  bool stopping_ = false;
  bool stopped_ = false;

  std::thread thread_;
};

}  // namespace shelf::ctl
