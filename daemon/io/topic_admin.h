// What can be asked and ordered of a cluster's topics: their shape and their settings.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shelf {

// Names and values of topic settings, in Kafka's words: {"retention.ms", "604800000"}.
using TopicSettings = std::map<std::string, std::string>;

struct TopicDescription {
  int32_t partitions = 0;
  int32_t replicas_min = 0;  // copies of the partition that has the fewest
  TopicSettings settings;    // as they are in force, wherever they come from
  TopicSettings overrides;   // those of them that were set on the topic itself
};

struct NewTopic {
  std::string name;
  int32_t partitions = 1;
  int32_t replicas = 1;
  TopicSettings settings;
};

// Calls block for at most about `timeout_ms` a topic. Unavailable or DeadlineExceeded: no broker
// answered; PermissionDenied: an ACL is missing; Unimplemented: the brokers do not know the
// question. Messages name the topic.
class TopicAdmin {
 public:
  virtual ~TopicAdmin() = default;

  // One entry a name, in their order; NotFound where there is no such topic, PermissionDenied where
  // it may not be described. Anything else that goes wrong fails the whole. Makes no topic.
  virtual absl::StatusOr<std::vector<absl::StatusOr<TopicDescription>>> Describe(
      const std::vector<std::string>& names, int timeout_ms) = 0;

  // AlreadyExists; InvalidArgument: more replicas than brokers, a setting that Kafka refuses.
  virtual absl::Status Create(const NewTopic& topic, int timeout_ms) = 0;

  // Sets `changes` on the topic and leaves all its other overrides as they were a moment ago: what
  // somebody else sets on it during the call may be undone. FailedPrecondition: an override whose
  // value the broker does not tell would be lost; nothing was changed.
  virtual absl::Status SetSettings(const std::string& name, const TopicSettings& changes,
                                   int timeout_ms) = 0;
};

}  // namespace shelf
