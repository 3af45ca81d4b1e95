// Questions to the cluster about its topics, each one round trip or two.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "io/kafka_options.h"

namespace shelf {

// The offsets a partition holds: low is the first, high the one the next record will get. An empty
// log has low == high.
struct OffsetRange {
  int64_t low = 0;
  int64_t high = 0;
};

// One client for such questions. Calls block for at most `timeout_ms`; a connection that breaks
// meanwhile is no answer, the question is asked again. NotFound: no such topic or
// partition; DeadlineExceeded or Unavailable: no broker answered; PermissionDenied.
// THREAD: calls may come from any thread.
class KafkaCluster {
 public:
  // Does not wait for a broker. InvalidArgument: an option that librdkafka refuses.
  static absl::StatusOr<std::unique_ptr<KafkaCluster>> Open(const KafkaOptions& options);
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  // Never creates the topic.
  absl::StatusOr<int32_t> PartitionCount(const std::string& topic, int timeout_ms);

  // Asks the partition's leader: the answer is not older than the call.
  absl::StatusOr<OffsetRange> Watermarks(const std::string& topic, int32_t partition,
                                         int timeout_ms);

  // By partition 0 … partitions - 1: the offset of the first record that is of `time_ms` or later
  // by the topic's timestamps; kFromEnd where there is none.
  absl::StatusOr<std::map<int32_t, int64_t>> OffsetsAt(const std::string& topic, int32_t partitions,
                                                       int64_t time_ms, int timeout_ms);

 private:
  struct Client;
  explicit KafkaCluster(std::unique_ptr<Client> client);

  std::unique_ptr<Client> client_;
};

}  // namespace shelf
