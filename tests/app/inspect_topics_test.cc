#include "app/inspect_topics.h"

#include "app/fake_topics.h"
#include "support/catch.h"

using namespace shelf;

namespace {

struct Verified {
  absl::Status status;
  std::vector<std::string> said;
};

Verified Verify(FakeTopics& cluster, const std::string& verify = "refuse") {
  Config config;
  config.topics_verify = verify;
  Verified verified;
  verified.status = VerifyTopics(
      cluster, config, *RuleSet::Default(), 0, [&](Severity severity, const std::string& sentence) {
        verified.said.push_back((severity == Severity::kLosesData ? "! " : "? ") + sentence);
      });
  return verified;
}

FakeTopics AsPlanned() { return FakeTopics(PlanTopics(Config{}, *RuleSet::Default())); }

}  // namespace

TEST_CASE("the daemon starts on topics as planned and says nothing", "[app]") {
  FakeTopics cluster = AsPlanned();
  const Verified verified = Verify(cluster);
  CHECK(verified.status.ok());
  CHECK(verified.said.empty());
}

TEST_CASE("the daemon says advice and starts", "[app]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("locations", "cleanup.policy", "delete");
  const Verified verified = Verify(cluster);
  CHECK(verified.status.ok());
  REQUIRE(verified.said.size() == 1);
  CHECK(verified.said[0].find("? topic locations: cleanup.policy is delete") == 0);
}

TEST_CASE("the daemon refuses topics that lose data, says each, and what to do", "[app]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-events", "retention.ms", "1000");
  cluster.topics.erase("reference");
  const Verified verified = Verify(cluster);
  CHECK(absl::IsFailedPrecondition(verified.status));
  CHECK(verified.status.message().find("2 findings") != std::string::npos);
  CHECK(verified.status.message().find("`shelfctl topics apply`") != std::string::npos);
  REQUIRE(verified.said.size() == 2);
  CHECK(verified.said[0].find("! topic stock-events: retention.ms is 1000 (1 s)") == 0);
  CHECK(cluster.changes == 0);
}

TEST_CASE("told to warn, the daemon says the same and starts", "[app]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-events", "retention.ms", "1000");
  cluster.closed = "reference";
  const Verified verified = Verify(cluster, "warn");
  CHECK(verified.status.ok());
  CHECK(verified.said.size() == 2);
}

TEST_CASE("brokers that cannot be asked are refused or warned of", "[app]") {
  FakeTopics cluster = AsPlanned();
  for (const absl::Status& answer :
       {absl::UnimplementedError("DescribeConfigs not supported by broker"),
        absl::PermissionDeniedError("Broker: Cluster authorization failed"),
        absl::InternalError("Broker: Unknown broker error")}) {
    CAPTURE(answer.ToString());
    cluster.answer = answer;
    const Verified refused = Verify(cluster);
    CHECK(refused.status.code() ==
          (absl::IsUnimplemented(answer) ? absl::StatusCode::kFailedPrecondition : answer.code()));
    CHECK(refused.status.message().find("set topics.verify: warn") != std::string::npos);
    const Verified warned = Verify(cluster, "warn");
    CHECK(warned.status.ok());
    REQUIRE(warned.said.size() == 1);
    CHECK(warned.said[0] == "? " + std::string(answer.message()) +
                                ": nobody can say here whether the topics lose data");
  }
}

TEST_CASE("a cluster that is away is away, whatever is to be done about findings", "[app]") {
  FakeTopics cluster = AsPlanned();
  cluster.answer = absl::UnavailableError("no broker");
  CHECK(absl::IsUnavailable(Verify(cluster).status));
  CHECK(absl::IsUnavailable(Verify(cluster, "warn").status));
  cluster.answer = absl::DeadlineExceededError("no answer");
  CHECK(absl::IsDeadlineExceeded(Verify(cluster, "warn").status));
}

TEST_CASE("how long a topic keeps its records is told where it is bounded", "[app]") {
  FakeTopics cluster = AsPlanned();
  cluster.Set("stock-events", "retention.ms", "259200000");
  CHECK(RetentionMs(cluster, "stock-events", 0) == 259'200'000);
  cluster.Set("stock-events", "retention.ms", "-1");
  CHECK_FALSE(RetentionMs(cluster, "stock-events", 0).has_value());
  cluster.closed = "stock-events";
  CHECK_FALSE(RetentionMs(cluster, "stock-events", 0).has_value());
  cluster.answer = absl::UnimplementedError("what?");
  CHECK_FALSE(RetentionMs(cluster, "stock-events", 0).has_value());
}
