// A Source over Kafka: partitions are assigned by hand, no group is joined, nothing is committed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "io/kafka_options.h"
#include "io/source.h"

namespace shelf {

// Starts to read `topic` at `from`. Does not wait for a broker: a cluster that is away looks like a
// quiet log. InvalidArgument: an option that librdkafka refuses, an empty or repeated assignment.
//
// Poll returns, after the records read before it:
//   OutOfRange        an offset is not in the log; final, the source is of no more use
//   NotFound          the topic or a partition does not exist (or no longer)
//   PermissionDenied  the cluster refuses this client
//   DataLoss          a record cannot be read
//   Internal          anything else that is not a matter of waiting
// All but OutOfRange are told once each time they are met, and reading goes on when it can.
absl::StatusOr<std::unique_ptr<Source>> OpenKafkaSource(const KafkaOptions& options,
                                                        const std::string& topic,
                                                        const std::vector<PartitionOffset>& from);

}  // namespace shelf
