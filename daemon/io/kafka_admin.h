// A TopicAdmin over Kafka's admin requests.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "io/kafka_options.h"
#include "io/topic_admin.h"

namespace shelf {

// Does not wait for a broker. InvalidArgument: an option that librdkafka refuses.
//
// ACLs: Describe and DescribeConfigs on the topics; Create to make them; AlterConfigs to set
// settings, which also reads what is set.
// THREAD: calls from one thread.
absl::StatusOr<std::unique_ptr<TopicAdmin>> OpenKafkaAdmin(const KafkaOptions& options);

}  // namespace shelf
