#include "app/topic_findings.h"

#include "app/fake_topics.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr Severity kLoses = Severity::kLosesData;
constexpr Severity kAdvice = Severity::kAdvice;

std::vector<TopicFinding> FindingsIn(FakeTopics& cluster, std::vector<TopicPlan> plan) {
  const auto found = cluster.Describe(NamesOf(plan), 0);
  REQUIRE(found.ok());
  if (found->front().ok()) FitToInput(*found->front(), plan);
  return CompareTopics(plan, *found);
}

std::vector<TopicPlan> DefaultPlan() { return PlanTopics(Config{}, *RuleSet::Default()); }

// A cluster as planned, but for one setting of one topic.
std::vector<TopicFinding> FindingsWith(const std::string& topic, const std::string& setting,
                                       const std::string& value) {
  FakeTopics cluster(DefaultPlan());
  cluster.Set(topic, setting, value);
  return FindingsIn(cluster, DefaultPlan());
}

}  // namespace

TEST_CASE("topics as planned are without a finding", "[app]") {
  FakeTopics cluster(DefaultPlan());
  CHECK(FindingsIn(cluster, DefaultPlan()).empty());
}

TEST_CASE("more than what has to be is right too", "[app]") {
  struct Row {
    const char *topic, *setting, *value;
  };
  for (const Row& row : std::vector<Row>{{"stock-events", "retention.ms", "604800001"},
                                         {"stock-events", "retention.ms", "-1"},
                                         {"stock-rejects", "max.message.bytes", "9999999"},
                                         {"reference", "delete.retention.ms", "9604800000"},
                                         {"stock-requests", "retention.ms", "-1"},
                                         {"locations", "segment.ms", "60000"}}) {
    CAPTURE(row.topic, row.setting, row.value);
    CHECK(FindingsWith(row.topic, row.setting, row.value).empty());
  }
}

TEST_CASE("each setting that loses data is found, and can be set", "[app]") {
  struct Row {
    const char *topic, *setting, *value, *set_to;
  };
  for (const Row& row :
       std::vector<Row>{{"stock-events", "cleanup.policy", "compact", "delete"},
                        {"stock-events", "cleanup.policy", "compact,delete", "delete"},
                        {"stock-events", "message.timestamp.type", "CreateTime", "LogAppendTime"},
                        {"stock-events", "retention.ms", "604799999", "604800000"},
                        {"stock-events", "retention.bytes", "1073741824", "-1"},
                        {"stock-events", "min.insync.replicas", "1", "2"},
                        {"stock-events", "max.message.bytes", "1048587", "1048588"},
                        {"availability", "max.message.bytes", "100000", "1048588"},
                        {"locations", "max.message.bytes", "100000", "1048588"},
                        {"stock-requests", "max.message.bytes", "100000", "1048588"},
                        {"stock-events", "unclean.leader.election.enable", "true", "false"},
                        {"reference", "cleanup.policy", "delete", "compact"},
                        {"reference", "delete.retention.ms", "86400000", "604800000"},
                        {"availability", "cleanup.policy", "delete", "compact"},
                        {"availability", "cleanup.policy", "compact,delete", "compact"},
                        {"availability", "min.insync.replicas", "1", "2"},
                        {"stock-rejects", "cleanup.policy", "compact", "delete"},
                        {"stock-rejects", "unclean.leader.election.enable", "true", "false"},
                        {"shelfd-starts", "min.insync.replicas", "1", "2"}}) {
    CAPTURE(row.topic, row.setting, row.value);
    const auto findings = FindingsWith(row.topic, row.setting, row.value);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].topic == row.topic);
    CHECK(findings[0].setting == row.setting);
    CHECK(findings[0].found == row.value);
    CHECK(findings[0].severity == kLoses);
    CHECK(findings[0].set_to == row.set_to);
  }
}

TEST_CASE("what is said again or is nobody's number is advice", "[app]") {
  struct Row {
    const char *topic, *setting, *value;
  };
  for (const Row& row : std::vector<Row>{{"locations", "cleanup.policy", "delete"},
                                         {"locations", "min.insync.replicas", "1"},
                                         {"stock-requests", "cleanup.policy", "compact"},
                                         {"stock-requests", "retention.ms", "3600000"},
                                         {"stock-requests", "min.insync.replicas", "1"},
                                         {"stock-rejects", "retention.ms", "3600000"},
                                         {"stock-rejects", "max.message.bytes", "1048588"},
                                         {"shelfd-starts", "retention.ms", "604800000"},
                                         {"shelfd-starts", "cleanup.policy", "compact"}}) {
    CAPTURE(row.topic, row.setting, row.value);
    const auto findings = FindingsWith(row.topic, row.setting, row.value);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == kAdvice);
    CHECK(findings[0].set_to.has_value());
  }
}

TEST_CASE("a finding says what is, what has to be, what else happens, and what to do", "[app]") {
  CHECK(FindingsWith("stock-events", "retention.ms", "3600000")[0].sentence ==
        "topic stock-events: retention.ms is 3600000 (1 h), has to be at least 604800000 (168 h), "
        "else what arrives in an outage of topics.longest_outage_h is deleted before it is read; "
        "`shelfctl topics apply` sets it");
  CHECK(FindingsWith("stock-events", "retention.bytes", "1000")[0].sentence ==
        "topic stock-events: retention.bytes is 1000, has to be -1, else what arrives on busy days "
        "is deleted before its time, read or not; `shelfctl topics apply` sets it");
  CHECK(FindingsWith("shelfd-starts", "retention.ms", "90000")[0].sentence ==
        "topic shelfd-starts: retention.ms is 90000 (90 s), has to be -1 (endless), else the "
        "history of starts is forgotten; no number depends on it; `shelfctl topics apply` sets it");
}

TEST_CASE("the value in force counts, and the sentence says when it is not the topic's own",
          "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.Set("stock-events", "message.timestamp.type", "CreateTime");
  cluster.topics["stock-events"].overrides.erase("message.timestamp.type");
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].sentence.find("message.timestamp.type is CreateTime (by the brokers' default), "
                                  "has to be LogAppendTime") != std::string::npos);

  cluster.Set("stock-events", "message.timestamp.type", "LogAppendTime");
  cluster.topics["stock-events"].overrides.clear();
  CHECK(FindingsIn(cluster, DefaultPlan()).empty());
}

TEST_CASE("a topic that deletes nothing only grows", "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.Set("availability", "retention.ms", "-1");
  cluster.Set("availability", "cleanup.policy", "delete");
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == kAdvice);
  CHECK(findings[0].sentence.find("else the topic grows without end") != std::string::npos);

  cluster.Set("availability", "cleanup.policy", "compact,delete");
  CHECK(FindingsIn(cluster, DefaultPlan()).empty());
  cluster.Set("availability", "retention.ms", "9223372036854775807");
  CHECK(FindingsIn(cluster, DefaultPlan()).empty());
  cluster.Set("availability", "retention.bytes", "1000000");
  CHECK(FindingsIn(cluster, DefaultPlan())[0].severity == kLoses);
}

TEST_CASE("a reject's topic takes more than whatever the input topic takes", "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.Set("stock-events", "max.message.bytes", "5000000");
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].topic == "stock-rejects");
  CHECK(findings[0].set_to == std::to_string(5'000'000 + kRejectExtraBytes));

  auto plan = DefaultPlan();
  FitToInput(cluster.topics["stock-events"], plan);
  FakeTopics made(plan);
  made.Set("stock-events", "max.message.bytes", "5000000");
  CHECK(FindingsIn(made, DefaultPlan()).empty());
}

TEST_CASE("a topic that is missing or closed is a finding, and nothing else is said of it",
          "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.topics.erase("availability");
  cluster.closed = "reference";
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].setting == "access");
  CHECK(findings[0].severity == kLoses);
  CHECK(findings[0].sentence.find("allow Describe and DescribeConfigs on it") != std::string::npos);
  CHECK(findings[1].sentence ==
        "topic availability: is not there; `shelfctl topics apply` makes it");
  CHECK(findings[1].severity == kLoses);
}

TEST_CASE("another number of partitions loses data and is a person's to mend", "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.topics["locations"].partitions = 33;
  cluster.topics["reference"].partitions = 2;
  cluster.topics["stock-rejects"].partitions = 5;
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].sentence ==
        "topic reference: has 2 partitions, has to have 1: the order of its records counts. Make "
        "it anew with one");
  CHECK(findings[1].sentence.find("topic locations: has 33 partitions, topics.partitions is 32") ==
        0);
  for (const TopicFinding& finding : findings) {
    CHECK(finding.severity == kLoses);
    CHECK_FALSE(finding.set_to.has_value());
  }
}

TEST_CASE("of a topic whose partitions differ nothing is set: it may be somebody else's", "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.topics["reference"].partitions = 12;
  cluster.Set("reference", "cleanup.policy", "delete");
  cluster.Set("reference", "min.insync.replicas", "1");
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 3);
  for (const TopicFinding& finding : findings) {
    CAPTURE(finding.sentence);
    CHECK_FALSE(finding.set_to.has_value());
    CHECK(finding.sentence.find("shelfctl topics apply") == std::string::npos);
  }
}

TEST_CASE("another policy may delete records at once, and the sentence says so", "[app]") {
  for (const auto& [topic, policy] : {std::pair{"reference", "delete"},
                                      {"stock-events", "compact"},
                                      {"availability", "compact,delete"}}) {
    const TopicFinding finding = FindingsWith(topic, "cleanup.policy", policy).at(0);
    CAPTURE(finding.sentence);
    CHECK(finding.deletes);
    CHECK(finding.sentence.ends_with(
        "`shelfctl topics apply --force` sets it, which may delete records at once"));
  }
  for (const auto& [setting, value] : {std::pair{"retention.ms", "1000"},
                                       {"retention.bytes", "1000"},
                                       {"message.timestamp.type", "CreateTime"},
                                       {"min.insync.replicas", "1"}}) {
    CAPTURE(setting);
    CHECK_FALSE(FindingsWith("stock-events", setting, value).at(0).deletes);
  }
}

TEST_CASE("to keep records for less than they are kept may delete them", "[app]") {
  std::vector<TopicPlan> plan = DefaultPlan();
  plan.resize(1);
  plan[0].settings = {{"retention.ms", "1000", Demand::kExactly, kLoses, "it is a test"}};
  FakeTopics cluster(plan);
  for (const auto& [found, deletes] : {std::pair{"1001", true}, {"-1", true}, {"999", false}}) {
    CAPTURE(found);
    cluster.Set("stock-events", "retention.ms", found);
    CHECK(FindingsIn(cluster, plan).at(0).deletes == deletes);
  }
}

TEST_CASE("the partition with the fewest copies counts", "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.topics["stock-events"].replicas_min = 2;
  cluster.topics["locations"].replicas_min = 4;
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].setting == "replicas");
  CHECK(findings[0].severity == kLoses);
  CHECK_FALSE(findings[0].set_to.has_value());
  CHECK(findings[0].sentence.find("kafka-reassign-partitions") != std::string::npos);
  // Two copies, both of which have to be in sync.
  CHECK(findings[1].severity == kAdvice);
  CHECK(findings[1].sentence.find("with one broker away nothing can be written") !=
        std::string::npos);
}

TEST_CASE("more copies in sync than there are cannot be written, and are not asked for", "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.Set("locations", "min.insync.replicas", "4");
  auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == kLoses);
  CHECK(findings[0].set_to == "2");
  CHECK(findings[0].sentence ==
        "topic locations: min.insync.replicas is 4, but a partition has 3 copies: no record can be "
        "written; `shelfctl topics apply` sets it");

  cluster.Set("locations", "min.insync.replicas", "1");
  cluster.topics["locations"].replicas_min = 1;
  findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 2);
  CHECK(findings[1].setting == "min.insync.replicas");
  CHECK_FALSE(findings[1].set_to.has_value());
  CHECK(findings[1].sentence.find("first it needs as many copies") != std::string::npos);
}

TEST_CASE("what the brokers do not tell is advice to look", "[app]") {
  FakeTopics cluster(DefaultPlan());
  cluster.topics["reference"].settings.erase("unclean.leader.election.enable");
  const auto findings = FindingsIn(cluster, DefaultPlan());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == kAdvice);
  CHECK(findings[0].sentence ==
        "topic reference: the brokers do not tell its unclean.leader.election.enable; see to it "
        "that it is false");
}
