// The start protocol against Kafka: what has to be known of the log before the first event is read.
//
//  1. The topics' partition counts agree with one another.
//  2. The logs hold what the checkpoint goes on with: start_plan.h.
//  3. A record into `shelfd-starts`: its offset is this process's incarnation, which must be above
//     the one in the checkpoint and those in the output.
//  4. The output topics from their checkpointed offsets to their ends: what stands there was
//     written past the checkpoint, or by another incarnation, and is said again.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "app/start_plan.h"
#include "app/topics.h"
#include "config/config.h"
#include "io/kafka_options.h"
#include "io/kafka_sink.h"
#include "io/kafka_topics.h"
#include "loop/checkpoint.h"
#include "loop/worker.h"

namespace shelf {

// Partitions of the input topic. FailedPrecondition when an output topic that must mirror it has
// another count. Waits up to a minute for a broker.
absl::StatusOr<int32_t> CheckTopics(KafkaCluster& cluster, const Config& config,
                                    const TopicTable& topics);

// For step 2: where the logs begin and end now, beside what was restored. The retention and what
// the operator accepts are the caller's to fill in.
absl::StatusOr<StartQuestion> AskTheLogs(const Config& config, const KafkaOptions& kafka,
                                         const TopicTable& topics, const CheckpointMeta& meta,
                                         int32_t partitions, World& restored,
                                         KafkaCluster& cluster);

// Steps 3 and 4. FailedPrecondition: the incarnation is not above one that was used before.
absl::StatusOr<StartFacts> RunStartProtocol(const Config& config, const KafkaOptions& kafka,
                                            const TopicTable& topics, const CheckpointMeta& meta,
                                            int32_t partitions, const StartPlan& plan,
                                            KafkaCluster& cluster, KafkaSink& sink,
                                            int64_t wall_ms);

}  // namespace shelf
