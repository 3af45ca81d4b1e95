#include "io/kafka_topics.h"

#include "io/kafka_sink.h"
#include "mock_cluster.h"
#include "support/catch.h"

using namespace shelf;

namespace {
constexpr int kTimeoutMs = kWaitMs * kWaitsMax;
}

TEST_CASE("the cluster tells how many partitions a topic has, and which topic it has not", "[io]") {
  MockCluster mock;
  mock.CreateTopic("events", 32);
  mock.Hide("other");
  auto cluster = KafkaCluster::Open(mock.options());
  REQUIRE(cluster.ok());
  CHECK((*cluster)->PartitionCount("events", kTimeoutMs).value() == 32);
  CHECK(absl::IsNotFound((*cluster)->PartitionCount("other", kTimeoutMs).status()));
}

TEST_CASE("watermarks follow what is appended", "[io]") {
  MockCluster mock;
  mock.CreateTopic("events", 2);
  auto cluster = KafkaCluster::Open(mock.options());
  REQUIRE(cluster.ok());
  auto before = (*cluster)->Watermarks("events", 1, kTimeoutMs);
  REQUIRE(before.ok());
  CHECK(before->low == 0);
  CHECK(before->high == 0);

  auto sink = KafkaSink::Open(mock.options(), {{Topic::kStockEvents, "events"}});
  REQUIRE(sink.ok());
  OutRecord record;
  record.topic = Topic::kStockEvents;
  record.partition = 1;
  for (int i = 0; i < 3; ++i) REQUIRE((*sink)->TrySend(record));
  REQUIRE((*sink)->Flush(kTimeoutMs).ok());
  auto after = (*cluster)->Watermarks("events", 1, kTimeoutMs);
  REQUIRE(after.ok());
  CHECK(after->high == 3);
  CHECK(absl::IsNotFound((*cluster)->Watermarks("events", 9, kTimeoutMs).status()));
}

TEST_CASE("a question to a cluster that is away ends with its timeout", "[io]") {
  MockCluster mock;
  mock.CreateTopic("events", 1);
  mock.SetDown();
  auto cluster = KafkaCluster::Open(mock.options());
  REQUIRE(cluster.ok());
  const absl::Status count = (*cluster)->PartitionCount("events", kWaitMs).status();
  CHECK((absl::IsUnavailable(count) || absl::IsDeadlineExceeded(count)));
  const absl::Status range = (*cluster)->Watermarks("events", 0, kWaitMs).status();
  CHECK((absl::IsUnavailable(range) || absl::IsDeadlineExceeded(range)));
}
