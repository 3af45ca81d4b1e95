// Claim tested: reading stock-events with the daemon's source and decoding them is a small part of
// what a line costs. It is the floor under every program that reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "figures.h"
#include "io/kafka_options.h"

namespace shelf {

struct ConsumeOptions {
  KafkaOptions kafka;
  std::string topic = "stock-events";
  std::vector<int64_t> starts;  // by partition; empty: from the first record
};

// Through the topic once; the hash is that of all lines. DataLoss: a record does not decode.
absl::StatusOr<Figures> Consume(const ConsumeOptions& options);

}  // namespace shelf
