// What stands on an availability topic: how many records and bytes went out, and what the last
// record of each key says. So a figure of the daemon's is only taken when its numbers are right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "figures.h"
#include "io/kafka_options.h"

namespace shelf {

struct TallyOptions {
  KafkaOptions kafka;
  std::string topic = "availability";
  std::string channel = "app";  // the one that is offered all there is
};

// The hash is that of the numbers on offer on `channel`, as LineHash adds them up. DataLoss: a
// record is no Availability.
absl::StatusOr<Figures> Tally(const TallyOptions& options);

}  // namespace shelf
