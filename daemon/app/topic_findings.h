// What the topics are, held against what they have to be. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "app/topic_plan.h"
#include "io/topic_admin.h"

namespace shelf {

// One way in which a topic is not as planned.
struct TopicFinding {
  std::string topic;
  std::string setting;  // Kafka's name; "topic", "partitions", "replicas", "access" otherwise
  std::string found;    // empty: nothing is known of it
  std::string wanted;
  Severity severity = Severity::kLosesData;
  // What mends it, where setting the topic's setting does; never on a topic whose partitions show
  // that it may be somebody else's.
  std::optional<std::string> set_to;
  // Topic, what is, what has to be, what else may happen, and what to change.
  std::string sentence;
  // Setting it may delete records that the topic holds, at once and for good.
  bool deletes = false;
};

// `found` as TopicAdmin::Describe answers for the plan's names: described, NotFound or
// PermissionDenied. Findings in the plan's order.
std::vector<TopicFinding> CompareTopics(const std::vector<TopicPlan>& plan,
                                        const std::vector<absl::StatusOr<TopicDescription>>& found);

// Raises what has to be above the input topic's (Demand::kAboveInput), where that takes more than
// planned. Before CompareTopics, and before a topic is made.
void FitToInput(const TopicDescription& input, std::vector<TopicPlan>& plan);

std::vector<std::string> NamesOf(const std::vector<TopicPlan>& plan);

}  // namespace shelf
