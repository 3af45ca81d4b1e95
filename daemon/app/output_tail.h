// Reads our own output back from where the checkpoint knew it.
#pragma once

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "io/kafka_options.h"
#include "io/kafka_topics.h"
#include "io/source.h"
#include "loop/checkpoint.h"
#include "loop/worker.h"

namespace shelf {

class OutputTail {
 public:
  // Borrows all, which outlive it.
  OutputTail(const KafkaOptions& kafka, KafkaCluster& cluster, const CheckpointMeta& meta,
             int32_t partitions)
      : kafka_(kafka), cluster_(cluster), meta_(meta), partitions_(partitions) {}

  // Adds to `facts` every key that stands past the checkpoint in `topic`, where its partitions end,
  // and the partitions whose log does not reach from the checkpointed offset on: PlanStart has
  // judged them.
  absl::Status Read(const TopicName& topic, StartFacts& facts);

  // The highest incarnation in a version that was read.
  bool has_version() const { return has_version_; }
  uint64_t incarnation_max() const { return incarnation_max_; }

 private:
  void Note(const Record& record, StartFacts& facts);
  absl::Status ReadRecords(const TopicName& topic, const std::vector<PartitionOffset>& from,
                           std::map<int32_t, int64_t> ends, StartFacts& facts);

  const KafkaOptions& kafka_;
  KafkaCluster& cluster_;
  const CheckpointMeta& meta_;
  const int32_t partitions_;
  bool has_version_ = false;
  uint64_t incarnation_max_ = 0;
};

}  // namespace shelf
