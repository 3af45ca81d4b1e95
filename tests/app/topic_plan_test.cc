#include "app/topic_plan.h"

#include <algorithm>
#include <set>

#include "support/catch.h"

using namespace shelf;

namespace {

const TopicPlan& Find(const std::vector<TopicPlan>& plan, const std::string& name) {
  const auto it =
      std::find_if(plan.begin(), plan.end(), [&](const TopicPlan& t) { return t.name == name; });
  REQUIRE(it != plan.end());
  return *it;
}

std::string ValueOf(const TopicPlan& plan, std::string_view setting) {
  for (const SettingWant& want : plan.settings) {
    if (want.name == setting) return want.value;
  }
  return "";
}

std::unique_ptr<RuleSet> Rules(std::string_view yaml) {
  std::vector<RulesMessage> messages;
  auto rules = RuleSet::Load(yaml, messages);
  REQUIRE(rules != nullptr);
  return rules;
}

}  // namespace

TEST_CASE("the plan holds each topic once, the input first, and what channels have of their own",
          "[app]") {
  Config config;
  config.channels["b"].topic = "own";
  config.channels["c"].topic = "own";
  config.channels["in-rules-to-come"].topic = "later";
  const auto rules = Rules(
      "version: 1\nchannels: {a: {rules: [{id: r}]}, b: {rules: [{id: r}]}, c: {rules: [{id: "
      "r}]}}\n");
  std::vector<std::string> names;
  for (const TopicPlan& topic : PlanTopics(config, *rules)) names.push_back(topic.name);
  CHECK(names == std::vector<std::string>{"stock-events", "reference", "availability", "own",
                                          "later", "locations", "stock-requests", "stock-rejects",
                                          "shelfd-starts"});
}

TEST_CASE("what the configuration says is what the plan asks for", "[app]") {
  Config config;
  config.topics_partitions = 12;
  config.topics_replication_factor = 5;
  config.topics_min_insync_replicas = 4;
  config.topics_longest_outage_h = 24;
  const auto plan = PlanTopics(config, *RuleSet::Default());
  for (const TopicPlan& topic : plan) {
    CAPTURE(topic.name);
    const bool one = topic.name == "reference" || topic.name == "shelfd-starts";
    CHECK(topic.partitions == (one ? 1 : 12));
    CHECK(topic.replicas == 5);
    CHECK(ValueOf(topic, "min.insync.replicas") == "4");
    CHECK(ValueOf(topic, "unclean.leader.election.enable") == "false");
  }
  CHECK(ValueOf(Find(plan, "stock-events"), "retention.ms") == "86400000");
  CHECK(ValueOf(Find(plan, "stock-rejects"), "retention.ms") == "86400000");
  CHECK(ValueOf(Find(plan, "reference"), "delete.retention.ms") == "86400000");
}

TEST_CASE("a store's output keeps the partition number of its input, requests and rejects need not",
          "[app]") {
  const auto plan = PlanTopics(Config{}, *RuleSet::Default());
  for (const char* name : {"stock-events", "availability", "locations"}) {
    CHECK(Find(plan, name).partition_demand == PartitionDemand::kConfigured);
  }
  for (const char* name : {"reference", "shelfd-starts"}) {
    CHECK(Find(plan, name).partition_demand == PartitionDemand::kOne);
  }
  for (const char* name : {"stock-requests", "stock-rejects"}) {
    CHECK(Find(plan, name).partition_demand == PartitionDemand::kAny);
  }
}

TEST_CASE("no setting of a topic is planned twice, and each has its reason", "[app]") {
  for (const TopicPlan& topic : PlanTopics(Config{}, *RuleSet::Default())) {
    std::set<std::string_view> names;
    for (const SettingWant& want : topic.settings) {
      CAPTURE(topic.name, want.name);
      CHECK(names.insert(want.name).second);
      CHECK_FALSE(want.why.empty());
    }
  }
}
