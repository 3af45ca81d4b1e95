// Asks the cluster how the topics are, and decides whether to start on them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "app/topic_findings.h"
#include "app/topic_plan.h"
#include "config/config.h"
#include "io/topic_admin.h"
#include "rules/rule_set.h"

namespace shelf {

struct TopicReport {
  std::vector<TopicPlan> plan;
  std::vector<absl::StatusOr<TopicDescription>> found;  // by index of the plan
  std::vector<TopicFinding> findings;
};

// Errors as TopicAdmin::Describe.
absl::StatusOr<TopicReport> InspectTopics(TopicAdmin& admin, const Config& config,
                                          const RuleSet& rules, int timeout_ms);

// For how long the topic keeps a record; nullopt: endless, or nobody says. Bounds in bytes are not
// looked at.
std::optional<int64_t> RetentionMs(TopicAdmin& admin, const std::string& topic, int timeout_ms);

// For how long the compacted topic keeps the removal of a key at least; nullopt: nobody says.
std::optional<int64_t> RemovalsKeptMs(TopicAdmin& admin, const std::string& topic, int timeout_ms);

// One line of the log: how bad it is, and the sentence.
using SayFinding = std::function<void(Severity, const std::string&)>;

// Says every finding. With topics.verify `refuse`, FailedPrecondition, with what to do: a finding
// loses data, or the brokers do not know the question; other errors as InspectTopics. With `warn`
// only a cluster that does not answer is an error: Unavailable or DeadlineExceeded.
absl::Status VerifyTopics(TopicAdmin& admin, const Config& config, const RuleSet& rules,
                          int timeout_ms, const SayFinding& say);

}  // namespace shelf
