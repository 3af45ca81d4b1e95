// Sends records through a Sink: a bounded number ahead of their acknowledgements, at a given pace,
// in order, again where a delivery failed for a passing reason.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "io/sink.h"

namespace shelf::agent {

struct SenderLimits {
  size_t ahead_max = 10'000;        // records sent and not acknowledged
  double lines_per_second = 0;      // 0: no pace
  int64_t ack_timeout_ms = 60'000;  // without any acknowledgement
  int attempts_max = 5;             // of one record
};

// THREAD: one owner. Calls block while they wait for acknowledgements or for the pace.
class Sender {
 public:
  using Clock = std::function<int64_t()>;  // Unix milliseconds

  // Borrows `sink`. Everything goes to `topic`.
  Sender(Sink& sink, Topic topic, SenderLimits limits, Clock now_ms);

  // Copies the record. `lines` counts against the pace. Unavailable: a record could not be
  // delivered, or nothing was acknowledged for too long; what was sent since may or may not be in
  // the log, and nothing more can be sent.
  absl::Status Send(std::string_view key, std::string_view value, int64_t lines);

  // Waits until everything is acknowledged.
  absl::Status Flush();

  uint64_t records_acknowledged() const { return acknowledged_; }

 private:
  // A record that is not acknowledged. Their tags are contiguous.
  struct Pending {
    std::string key;
    std::string value;
    int attempts = 0;
    bool in_sink = false;
    bool acknowledged = false;
  };

  absl::Status WaitForPace(int64_t lines);
  absl::Status WaitUntilAhead(size_t records_max);
  void OfferAll();
  bool Offer(const Pending& record);
  void Collect(int wait_ms);
  void Settle(const Delivery& delivery);
  absl::Status CheckStall();

  Sink& sink_;
  const Topic topic_;
  const SenderLimits limits_;
  const Clock now_ms_;

  std::deque<Pending> pending_;
  uint64_t first_tag_ = 0;  // of pending_.front()
  uint64_t offer_tag_ = 0;  // every record before it is in the sink or acknowledged
  std::vector<Delivery> deliveries_;
  absl::Status failure_;
  uint64_t acknowledged_ = 0;
  int64_t progress_ms_ = 0;  // when something was last acknowledged, or nothing was outstanding
  int64_t started_ms_ = -1;  // of the pace
  int64_t lines_ = 0;
};

}  // namespace shelf::agent
