// `--embedded`: finds or starts the broker process that goes with a state folder.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "io/kafka_broker.h"

namespace shelf {

inline constexpr int kEmbeddedPartitions = 32;

// What the embedded broker holds: the topics of `config`, with kEmbeddedPartitions partitions where
// a store's partition matters.
std::vector<EmbeddedTopic> EmbeddedTopics(const Config& config);

// The live broker of STATE/broker, started when there is none. State that belongs to a broker that
// is gone is set aside (renamed): its log, and so its offsets, went with it. `said` tells in words
// what was found or done.
absl::StatusOr<EmbeddedBroker> EnsureEmbeddedBroker(const std::string& state_dir, int64_t wall_ms,
                                                    std::string& said);

}  // namespace shelf
