// Writes the load into `reference` and `stock-events`, as a chain's agents would.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "figures.h"
#include "io/kafka_options.h"
#include "load.h"

namespace shelf {

struct FillOptions {
  KafkaOptions kafka;
  std::string events_topic = "stock-events";
  std::string reference_topic = "reference";
  std::vector<std::string> parts = {"reference", "opening", "sales"};  // in this order
  LoadOptions load;
};

// By part: its counts and hash, and the ends of the events topic once it is acknowledged, which is
// where a reader of the next part begins. Event times are the clock's.
absl::StatusOr<Figures> Fill(const FillOptions& options);

}  // namespace shelf
