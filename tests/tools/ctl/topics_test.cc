#include "ctl/topics.h"

#include <sstream>

#include "app/fake_topics.h"
#include "ctl/commands.h"
#include "nlohmann/json.hpp"
#include "support/catch.h"

using namespace shelf;

namespace {

// One run of a command on the cluster: its exit code and what it wrote.
struct Outcome {
  int code = 0;
  std::string out, err;
};

using Command = decltype(&ctl::CheckTopicsOf);

Outcome Run(Command command, FakeTopics& cluster, const ctl::TopicsOptions& options = {}) {
  std::ostringstream out, err;
  Outcome outcome;
  outcome.code = command(cluster, Config{}, *RuleSet::Default(), options, out, err);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

Outcome Check(FakeTopics& cluster, const ctl::TopicsOptions& options = {}) {
  return Run(ctl::CheckTopicsOf, cluster, options);
}

Outcome Apply(FakeTopics& cluster, const ctl::TopicsOptions& options = {}) {
  return Run(ctl::ApplyTopicsOf, cluster, options);
}

ctl::TopicsOptions Json() {
  ctl::TopicsOptions options;
  options.json = true;
  return options;
}

ctl::TopicsOptions DryRun() {
  ctl::TopicsOptions options;
  options.dry_run = true;
  return options;
}

ctl::TopicsOptions Force() {
  ctl::TopicsOptions options;
  options.force = true;
  return options;
}

bool Holds(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

FakeTopics AsPlanned() { return FakeTopics(PlanTopics(Config{}, *RuleSet::Default())); }

}  // namespace

TEST_CASE("apply makes all topics, check is content, and a second apply changes nothing", "[ctl]") {
  FakeTopics cluster;
  CHECK(Check(cluster).code == ctl::kExitNotAsPlanned);
  const Outcome first = Apply(cluster);
  CHECK(first.code == ctl::kExitOk);
  CHECK(Holds(first.out,
              "topic reference: made with 1 partition, 3 replicas, cleanup.policy=compact, "
              "delete.retention.ms=604800000, min.insync.replicas=2, "
              "unclean.leader.election.enable=false\n"));
  CHECK(cluster.topics.size() == 7);
  CHECK(Check(cluster).code == ctl::kExitOk);

  cluster.changes = 0;
  const Outcome second = Apply(cluster);
  CHECK(second.code == ctl::kExitOk);
  CHECK(second.out == "nothing to do\n");
  CHECK(cluster.changes == 0);
}

TEST_CASE("check shows a table to people, with a sentence for each finding", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-events", "retention.ms", "3600000");
  cluster.Set("stock-events", "cleanup.policy", "compact");
  cluster.Set("locations", "cleanup.policy", "delete");
  cluster.topics.erase("shelfd-starts");
  const Outcome outcome = Check(cluster);
  CHECK(outcome.code == ctl::kExitNotAsPlanned);
  CHECK(outcome.err.empty());
  CHECK(Holds(outcome.out,
              "TOPIC           PARTITIONS  REPLICAS  STATE       DIFFERS\n"
              "stock-events            32         3  loses data  cleanup.policy, retention.ms\n"
              "reference                1         3  right       -\n"));
  CHECK(Holds(outcome.out, "locations               32         3  advice      cleanup.policy\n"));
  CHECK(Holds(outcome.out, "shelfd-starts            -         -  missing     -\n"));
  CHECK(Holds(outcome.out, "\nloses data: topic stock-events: retention.ms is 3600000 (1 h), "));
  CHECK(Holds(outcome.out, "\nadvice: topic locations: cleanup.policy is delete, "));
  CHECK(Holds(outcome.out, "\nmissing: topic shelfd-starts: is not there; "));
}

TEST_CASE("check tells programs the same", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-events", "retention.ms", "3600000");
  cluster.topics.erase("reference");
  const auto answer = nlohmann::json::parse(Check(cluster, Json()).out);
  const auto& events = answer.at("topics").at(0);
  CHECK(events.at("topic") == "stock-events");
  CHECK(events.at("state") == "loses data");
  CHECK(events.at("partitions") == 32);
  const auto& finding = events.at("findings").at(0);
  CHECK(finding.at("setting") == "retention.ms");
  CHECK(finding.at("severity") == "loses_data");
  CHECK(finding.at("found") == "3600000");
  CHECK(finding.at("wanted") == "at least 604800000 (168 h)");
  CHECK(finding.at("set_to") == "604800000");
  CHECK(answer.at("topics").at(1).at("state") == "missing");
  CHECK(answer.at("topics").at(1).at("partitions").is_null());
}

TEST_CASE("advice alone leaves check content", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-requests", "retention.ms", "1000");
  CHECK(Check(cluster).code == ctl::kExitOk);
}

TEST_CASE("apply sets what deviates, says what it was, and leaves the rest of the topic", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-events", "retention.ms", "3600000");
  cluster.Set("stock-events", "segment.ms", "60000");
  const Outcome outcome = Apply(cluster);
  CHECK(outcome.code == ctl::kExitOk);
  CHECK(outcome.out == "topic stock-events: retention.ms set to 604800000 (was 3600000)\n");
  CHECK(cluster.changes == 1);
  CHECK(cluster.topics["stock-events"].settings["retention.ms"] == "604800000");
  CHECK(cluster.topics["stock-events"].settings["segment.ms"] == "60000");
}

TEST_CASE("a dry run says what would be done, and does nothing", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("locations", "unclean.leader.election.enable", "true");
  cluster.topics.erase("reference");
  cluster.topics["availability"].partitions = 6;
  const Outcome outcome = Apply(cluster, DryRun());
  CHECK(outcome.code == ctl::kExitNotAsPlanned);  // the partitions are left
  CHECK(cluster.changes == 0);
  CHECK(Holds(outcome.out, "topic reference: would be made with 1 partition, "));
  CHECK(
      Holds(outcome.out,
            "topic locations: unclean.leader.election.enable would be set to false (was true)\n"));
  CHECK(Holds(outcome.out, "left, loses data: topic availability: has 6 partitions, "));
}

TEST_CASE("a topic of which a change may delete records stays as it is until that is confirmed",
          "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("locations", "cleanup.policy", "delete");
  cluster.Set("locations", "min.insync.replicas", "1");
  cluster.Set("stock-events", "retention.ms", "3600000");
  const TopicDescription before = cluster.topics["locations"];
  const Outcome asked = Apply(cluster);
  CHECK(asked.code == ctl::kExitNotAsPlanned);
  CHECK(cluster.changes == 1);  // of stock-events
  CHECK(cluster.topics["locations"].settings == before.settings);
  CHECK(Holds(asked.out,
              "asks: topic locations: cleanup.policy would be set to compact (was delete), "
              "min.insync.replicas would be set to 2 (was 1); that may delete records which it "
              "holds, so see first that the topic is shelfd's and what is in it, and then say "
              "--force\n"));

  const Outcome forced = Apply(cluster, Force());
  CHECK(forced.code == ctl::kExitOk);
  CHECK(Holds(forced.out, "topic locations: cleanup.policy set to compact (was delete), "));
  CHECK(Check(cluster).code == ctl::kExitOk);
}

TEST_CASE("a dry run asks as well", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-rejects", "cleanup.policy", "compact");
  const Outcome asked = Apply(cluster, DryRun());
  CHECK(asked.code == ctl::kExitNotAsPlanned);
  CHECK(Holds(asked.out, "asks: topic stock-rejects: cleanup.policy would be set to delete"));
  ctl::TopicsOptions forced = Force();
  forced.dry_run = true;
  CHECK(Apply(cluster, forced).code == ctl::kExitOk);
  CHECK(cluster.changes == 0);
}

TEST_CASE("nothing is set on a topic that its partitions show to be somebody else's", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.topics["reference"].partitions = 12;
  cluster.Set("reference", "cleanup.policy", "delete");
  cluster.Set("reference", "min.insync.replicas", "1");
  CHECK(Apply(cluster, Force()).code == ctl::kExitNotAsPlanned);
  CHECK(cluster.changes == 0);
}

TEST_CASE("apply never changes partitions or copies, and says what a person has to do", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.topics["stock-events"].partitions = 6;
  cluster.topics["availability"].replicas_min = 1;
  const Outcome outcome = Apply(cluster);
  CHECK(outcome.code == ctl::kExitNotAsPlanned);
  CHECK(cluster.changes == 0);
  CHECK(Holds(outcome.out, "nothing that apply may change\n"));
  CHECK(Holds(outcome.out, "Set topics.partitions to 6 if that is how all were made"));
  CHECK(Holds(outcome.out, "Add copies with Kafka's kafka-reassign-partitions"));
}

TEST_CASE("apply tells programs what it changed and what is left", "[ctl]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("locations", "min.insync.replicas", "1");
  cluster.Set("stock-rejects", "cleanup.policy", "compact");
  cluster.topics.erase("reference");
  cluster.topics["availability"].partitions = 6;
  const auto answer = nlohmann::json::parse(Apply(cluster, Json()).out);
  REQUIRE(answer.at("changes").size() == 2);
  CHECK(answer.at("changes").at(0).at("made") == true);
  CHECK(answer.at("changes").at(0).at("settings").at("cleanup.policy") == "compact");
  CHECK(answer.at("changes").at(1).at("settings").size() == 1);
  REQUIRE(answer.at("asks").size() == 1);
  CHECK(answer.at("asks").at(0).at("topic") == "stock-rejects");
  REQUIRE(answer.at("left").size() == 2);
  CHECK(answer.at("left").at(0).at("setting") == "partitions");
  CHECK(answer.at("left").at(1).at("topic") == "stock-rejects");
}

TEST_CASE("a change that the cluster refuses ends apply with its words", "[ctl]") {
  FakeTopics cluster;
  cluster.change_answer = absl::InvalidArgumentError("topic stock-events: only 1 broker");
  const Outcome outcome = Apply(cluster);
  CHECK(outcome.code == ctl::kExitFailed);
  CHECK(cluster.changes == 1);
  CHECK(outcome.err == "shelfctl: topic stock-events: only 1 broker\n");
}

TEST_CASE("no broker is an exit code of its own", "[ctl]") {
  FakeTopics cluster;
  cluster.answer = absl::DeadlineExceededError("topic stock-events: Local: Timed out");
  CHECK(Check(cluster).code == ctl::kExitUnreachable);
  CHECK(Apply(cluster).code == ctl::kExitUnreachable);
}

TEST_CASE("a configuration that cannot be used is wrong use", "[ctl]") {
  std::ostringstream out, err;
  ctl::TopicsOptions options;
  options.sets = {"topics.replication_factor=1"};  // fewer than have to be in sync
  CHECK(ctl::TopicsCheck(options, out, err) == ctl::kExitUsage);
  options.sets = {"rules=no/such/file.yaml"};
  CHECK(ctl::TopicsApply(options, out, err) == ctl::kExitUsage);
  options.sets = {"librdkafka.no.such.property=1"};
  CHECK(ctl::TopicsCheck(options, out, err) == ctl::kExitUsage);
}
