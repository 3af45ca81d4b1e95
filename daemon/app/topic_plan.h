// The one table of what the topics have to be like, and why. `shelfctl topics` and the start of the
// daemon both go by it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "rules/rule_set.h"

namespace shelf {

// What a deviation costs. kLosesData: records, or their truth, can be lost while everything works
// as configured, or the topic cannot be written at all; the daemon does not start on it.
enum class Severity : uint8_t { kAdvice, kLosesData };

// What has to hold of a setting's value; `value` is that of the same want.
enum class Demand : uint8_t {
  kExactly,
  kAtLeast,      // a number; -1, where Kafka takes it, is endless
  kAboveInput,   // the same, and kRejectExtraBytes more than the input topic's
  kKeepsEvents,  // cleanup.policy without compaction
  kKeepsKeys,    // cleanup.policy that never removes a key's last record
};

// One setting of one topic, in Kafka's words.
struct SettingWant {
  std::string_view name;
  std::string value;  // what a new topic gets, and one that deviates
  Demand demand = Demand::kExactly;
  Severity severity = Severity::kLosesData;
  std::string_view why;  // what happens otherwise, as the end of a sentence
};

enum class PartitionDemand : uint8_t {
  kAny,
  kConfigured,  // topics.partitions
  kOne,
};

struct TopicPlan {
  std::string name;
  int32_t partitions = 1;
  PartitionDemand partition_demand = PartitionDemand::kAny;
  int32_t replicas = 1;  // at least
  // kAdvice where what is lost is said again by itself.
  Severity durability = Severity::kLosesData;
  std::vector<SettingWant> settings;
};

inline constexpr std::string_view kMaxMessageBytes = "max.message.bytes";
inline constexpr std::string_view kMinInsyncReplicas = "min.insync.replicas";

// What a reject may be larger than its record: its headers, and the frame of a batch.
inline constexpr int64_t kRejectExtraBytes = 16 * 1024;

// Every topic that the daemon reads or writes, each once, the input topic first: those of the
// configuration and those of the rule set's channels.
std::vector<TopicPlan> PlanTopics(const Config& config, const RuleSet& rules);

}  // namespace shelf
