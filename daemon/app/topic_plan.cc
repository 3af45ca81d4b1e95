#include "app/topic_plan.h"

#include <utility>

#include "app/topics.h"

namespace shelf {
namespace {

constexpr int64_t kHourMs = 3'600'000;
// Kafka's own default. A store's document may come to that, and so may what a client sends at once:
// the limit is on whole batches, and librdkafka fills them up to 1,000,000 bytes.
constexpr int64_t kBatchBytes = 1'048'588;
// A request to an agent is repeated while it stands; one for a recount is not.
constexpr int64_t kRequestsKeptMs = 24 * kHourMs;

using enum Demand;
using enum Severity;

class Planner {
 public:
  explicit Planner(const Config& config) : config_(config) {}

  TopicPlan Topic(const std::string& name, PartitionDemand demand, Severity durability,
                  std::vector<SettingWant> settings) const;
  static SettingWant Batches(std::string_view why) {
    return {kMaxMessageBytes, std::to_string(kBatchBytes), kAtLeast, kLosesData, why};
  }
  std::string OutageMs() const { return std::to_string(config_.topics_longest_outage_h * kHourMs); }

 private:
  const Config& config_;
};

TopicPlan Planner::Topic(const std::string& name, PartitionDemand demand, Severity durability,
                         std::vector<SettingWant> settings) const {
  settings.push_back({kMinInsyncReplicas, std::to_string(config_.topics_min_insync_replicas),
                      kAtLeast, durability,
                      "a record counts as written while fewer brokers hold it, and is lost with "
                      "them"});
  settings.push_back({"unclean.leader.election.enable", "false", kExactly, durability,
                      "a broker that was behind may become leader, and what it had not copied is "
                      "lost though it was acknowledged"});
  return {.name = name,
          .partitions =
              demand == PartitionDemand::kOne ? 1 : static_cast<int32_t>(config_.topics_partitions),
          .partition_demand = demand,
          .replicas = static_cast<int32_t>(config_.topics_replication_factor),
          .durability = durability,
          .settings = std::move(settings)};
}

TopicPlan StockEvents(const Planner& planner, const std::string& name) {
  return planner.Topic(
      name, PartitionDemand::kConfigured, kLosesData,
      {{"cleanup.policy", "delete", kKeepsEvents, kLosesData,
        "compaction keeps a store's last event and removes those before it, and refuses ticks, "
        "which have no key"},
       {"message.timestamp.type", "LogAppendTime", kExactly, kLosesData,
        "a sender's wrong clock decides how soon its events are deleted, and lets claims from the "
        "future pass"},
       {"retention.ms", planner.OutageMs(), kAtLeast, kLosesData,
        "what arrives in an outage of topics.longest_outage_h is deleted before it is read"},
       {"retention.bytes", "-1", kAtLeast, kLosesData,
        "what arrives on busy days is deleted before its time, read or not"},
       Planner::Batches("a batch of events is refused as a whole, whatever is in it, and its agent "
                        "cannot go on")});
}

TopicPlan Reference(const Planner& planner, const std::string& name) {
  return planner.Topic(
      name, PartitionDemand::kOne, kLosesData,
      {{"cleanup.policy", "compact", kKeepsKeys, kLosesData,
        "stores and items that do not change vanish, and a start without state does not know them"},
       {"delete.retention.ms", planner.OutageMs(), kAtLeast, kLosesData,
        "the deletion of a record is itself removed in an outage of topics.longest_outage_h, and "
        "what was deleted stays in force"}});
}

TopicPlan Availability(const Planner& planner, const std::string& name) {
  return planner.Topic(
      name, PartitionDemand::kConfigured, kLosesData,
      {{"cleanup.policy", "compact", kKeepsKeys, kLosesData,
        "numbers that do not change vanish, and a consumer that reads from the beginning does not "
        "get them"},
       Planner::Batches(
           "a batch of numbers is refused as a whole, and shelfd ends when many change "
           "at once")});
}

// The beacon says all of it again every half a minute, but in the same batches.
TopicPlan Locations(const Planner& planner, const std::string& name) {
  return planner.Topic(name, PartitionDemand::kConfigured, kAdvice,
                       {{"cleanup.policy", "compact", kKeepsKeys, kAdvice,
                         "while shelfd is away the last state of locations vanishes"},
                        Planner::Batches("the states of many locations are refused as a whole, "
                                         "each time they are said")});
}

TopicPlan StockRequests(const Planner& planner, const std::string& name) {
  return planner.Topic(
      name, PartitionDemand::kAny, kAdvice,
      {{"cleanup.policy", "delete", kKeepsEvents, kAdvice,
        "a second request to a store removes the first, read or not"},
       {"retention.ms", std::to_string(kRequestsKeptMs), kAtLeast, kAdvice,
        "a recount that was asked for is forgotten before an agent that was offline reads of it"},
       Planner::Batches("requests to many stores are refused as a whole, and recounts among them "
                        "are not asked for again")});
}

TopicPlan StockRejects(const Planner& planner, const std::string& name) {
  return planner.Topic(
      name, PartitionDemand::kAny, kLosesData,
      {{"cleanup.policy", "delete", kKeepsEvents, kLosesData,
        "compaction keeps a store's last reject and removes those before it, seen or not"},
       {"retention.ms", planner.OutageMs(), kAtLeast, kAdvice,
        "what was refused may be gone before anyone has looked at it"},
       {kMaxMessageBytes, std::to_string(kBatchBytes + kRejectExtraBytes), kAboveInput, kAdvice,
        "the reject of a large record goes without the record"}});
}

// Offsets count on however much of the log is removed, so retention is nobody's loss. Its records
// are small and go one at a time: any limit will do.
TopicPlan ShelfdStarts(const Planner& planner, const std::string& name) {
  constexpr std::string_view kWhy = "the history of starts is forgotten; no number depends on it";
  return planner.Topic(name, PartitionDemand::kOne, kLosesData,
                       {{"cleanup.policy", "delete", kKeepsEvents, kAdvice, kWhy},
                        {"retention.ms", "-1", kAtLeast, kAdvice, kWhy}});
}

}  // namespace

std::vector<TopicPlan> PlanTopics(const Config& config, const RuleSet& rules) {
  const Planner planner(config);
  const TopicNames& names = config.topics;
  std::vector<TopicPlan> plan = {StockEvents(planner, names.stock_events),
                                 Reference(planner, names.reference)};
  for (const TopicName& topic : TopicsOf(config, rules).availability) {
    plan.push_back(Availability(planner, topic.name));
  }
  plan.push_back(Locations(planner, names.locations));
  plan.push_back(StockRequests(planner, names.stock_requests));
  plan.push_back(StockRejects(planner, names.stock_rejects));
  plan.push_back(ShelfdStarts(planner, names.shelfd_starts));
  return plan;
}

}  // namespace shelf
