// The mock cluster answers no admin requests: what they do is tested on a real broker, in
// tests/kafka/topics_test.py.
#include "io/kafka_admin.h"

#include "mock_cluster.h"
#include "support/catch.h"

using namespace shelf;

namespace {
constexpr int kTimeoutMs = kWaitMs * kWaitsMax;
}

TEST_CASE("a topic that is not there is not made by describing it", "[io]") {
  MockCluster mock;
  mock.Hide("events");
  auto admin = OpenKafkaAdmin(mock.options());
  REQUIRE(admin.ok());
  const auto found = (*admin)->Describe({"events"}, kTimeoutMs);
  REQUIRE(found.ok());
  REQUIRE(found->size() == 1);
  CHECK(absl::IsNotFound(found->front().status()));
}

TEST_CASE("brokers that do not know the question say so, with the topic", "[io]") {
  MockCluster mock;
  mock.CreateTopic("events", 2);
  auto admin = OpenKafkaAdmin(mock.options());
  REQUIRE(admin.ok());
  const absl::Status status = (*admin)->Describe({"events"}, kTimeoutMs).status();
  CAPTURE(status.ToString());
  CHECK(absl::IsUnimplemented(status));
  CHECK(status.message().find("topic events: ") == 0);
  CHECK(absl::IsUnimplemented((*admin)->SetSettings("events", {{"a", "b"}}, kTimeoutMs)));
}

TEST_CASE("questions and orders to a cluster that is away end with their timeout", "[io]") {
  MockCluster mock;
  mock.CreateTopic("events", 1);
  mock.SetDown();
  auto admin = OpenKafkaAdmin(mock.options());
  REQUIRE(admin.ok());
  NewTopic topic;
  topic.name = "events";
  for (const absl::Status& status :
       {(*admin)->Describe({"events"}, kWaitMs).status(), (*admin)->Create(topic, kWaitMs),
        (*admin)->SetSettings("events", {}, kWaitMs)}) {
    CAPTURE(status.ToString());
    CHECK((absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)));
  }
}

TEST_CASE("a topic that cannot be is refused before it is sent", "[io]") {
  MockCluster mock;
  auto admin = OpenKafkaAdmin(mock.options());
  REQUIRE(admin.ok());
  NewTopic topic;
  topic.name = "events";
  topic.partitions = -2;
  CHECK(absl::IsInvalidArgument((*admin)->Create(topic, kTimeoutMs)));
}
