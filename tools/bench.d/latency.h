// Claim tested: an answer of the daemon comes hardly later than one of the bare relay, and both are
// two trips through the broker, whose single trip is the floor.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "figures.h"
#include "io/kafka_options.h"
#include "load.h"

namespace shelf {

struct LatencyOptions {
  KafkaOptions kafka;
  std::string events_topic = "stock-events";
  // Where the answers come: a topic of availability, or the events topic itself, for the floor.
  std::string answers_topic = "availability";
  std::string channel = "app";  // whose records are the answers
  LoadOptions load;             // its opening lists are in the log and answered
  int64_t events_a_s = 1'000;
  int64_t seconds = 20;
};

// Sends sales of one line at a steady rate, in rotation over all positions, so that each has an
// answer of its own, and follows the answers. An event's latency runs from the call of produce to
// the record in the follower's hands; where a newer number of its key overtook it, it has none and
// counts as unanswered. InvalidArgument: the opening stock does not last for so many sales.
absl::StatusOr<Figures> MeasureLatency(const LatencyOptions& options);

}  // namespace shelf
