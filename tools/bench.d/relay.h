// Claim tested: the daemon costs little more a line than a bare relay, which is any program that
// reads stock events, keeps one sum for each position, and sends as many records a line as the
// daemon, of the same form. What the daemon costs above it is what its rules, time and recovery
// cost.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "figures.h"
#include "io/kafka_options.h"

namespace shelf {

struct RelayOptions {
  KafkaOptions kafka;
  std::string events_topic = "stock-events";
  std::string output_topic = "relay";
  std::vector<int64_t> starts;  // by partition; empty: from the first record
  // Records for each line, by turns to the channels of the load; 4 is one for each.
  double records_a_line = 2.55;
  bool follow = false;  // goes on at the end, until `stop`
};

// Idempotent and acknowledged by all, with the daemon's settings of both clients. Ends when the
// last record is acknowledged. The hash is that of the sums.
absl::StatusOr<Figures> RunRelay(const RelayOptions& options, const std::atomic<bool>& stop);

}  // namespace shelf
