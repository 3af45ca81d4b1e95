// Topics that the brokers say do not exist. They existed when we started, and a broker that has
// just come back may not know them yet: that is believed only when it lasts.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "absl/status/status.h"
#include "loop/output_offsets.h"

namespace shelf {

class MissingTopics {
 public:
  static constexpr int64_t kPatienceMs = 60'000;

  // A record of ours, which will be sent again, came back since there is no such topic or
  // partition. `wall_ms`: the caller's clock, as in all calls.
  void Refused(const OutputPartition& output, const absl::Status& why, int64_t wall_ms);
  // One arrived there.
  void Took(const OutputPartition& output) { outputs_.erase(output); }

  // A source says so of its topic, now and again while it lasts, and nothing when it is over.
  // Returns ok, or `why` when it has been saying so for too long.
  absl::Status SourceSays(const absl::Status& why, int64_t wall_ms);

  // Ok, or why the process has to end: nothing has arrived somewhere since the first refusal.
  absl::Status Verdict(int64_t wall_ms) const;

  // A refusal comes back at once: whoever sends again waits a moment.
  bool Pauses(int64_t wall_ms) const { return !outputs_.empty() && wall_ms < pause_until_ms_; }

 private:
  struct Missing {
    int64_t since_ms = 0;
    absl::Status why;
  };
  struct Saying {
    int64_t since_ms = 0;
    int64_t last_ms = 0;
  };
  std::map<OutputPartition, Missing> outputs_;
  std::optional<Saying> source_;
  int64_t pause_until_ms_ = 0;
};

}  // namespace shelf
