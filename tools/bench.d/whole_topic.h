// A topic read from given offsets to where it ended when it was opened, as the daemon reads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "io/kafka_options.h"
#include "io/source.h"

namespace shelf {

// Where each partition of a topic ends now: the offset that its next record will have.
absl::StatusOr<std::vector<int64_t>> TopicEnds(const KafkaOptions& options,
                                               const std::string& topic);

class WholeTopic {
 public:
  // `starts`: the offset to begin at for each partition, or empty: the first there is.
  // InvalidArgument: as many starts as partitions are needed.
  static absl::StatusOr<WholeTopic> Open(const KafkaOptions& options, const std::string& topic,
                                         const std::vector<int64_t>& starts);

  // As Source::Poll. Records appended since Open may be among them.
  absl::Status Poll(int wait_ms, std::vector<Record>& out);
  bool done() const;
  int32_t partitions() const { return static_cast<int32_t>(left_.size()); }

 private:
  struct Left {
    int64_t next = 0;
    int64_t end = 0;
  };

  std::unique_ptr<Source> source_;
  std::vector<Left> left_;  // by partition
};

}  // namespace shelf
