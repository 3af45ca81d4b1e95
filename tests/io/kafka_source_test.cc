#include "io/kafka_source.h"

#include <map>
#include <string>
#include <vector>

#include "io/kafka_sink.h"
#include "mock_cluster.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// Writes "0", "1", … to one partition and waits until they are in the log.
void Write(const MockCluster& cluster, int32_t partition, int first, int count) {
  auto sink = KafkaSink::Open(cluster.options(), {{Topic::kStockEvents, "events"}});
  REQUIRE(sink.ok());
  for (int i = first; i < first + count; ++i) {
    const std::string value = std::to_string(i);
    OutRecord record;
    record.topic = Topic::kStockEvents;
    record.partition = partition;
    record.key = "store";
    record.value = value;
    REQUIRE((*sink)->TrySend(record));
  }
  REQUIRE((*sink)->Flush(kWaitMs * kWaitsMax).ok());
}

}  // namespace

TEST_CASE("records of one partition come in order and from the offset asked for", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 2);
  Write(cluster, 0, 0, 3000);
  Write(cluster, 1, 0, 10);

  auto source = OpenKafkaSource(cluster.options(), "events", {{0, 1000}, {1, kFromBeginning}});
  REQUIRE(source.ok());
  std::vector<Kept> kept;
  REQUIRE(PollFor(**source, 2010, kept).ok());
  REQUIRE(kept.size() == 2010);
  std::map<int32_t, int64_t> next = {{0, 1000}, {1, 0}};
  for (const Kept& record : kept) {
    CHECK(record.offset == next[record.partition]++);
    CHECK(record.value == std::to_string(record.offset));
    CHECK(record.key == "store");
    CHECK(record.has_value);
  }
}

TEST_CASE("a poll takes no more records than asked and the rest comes with the next", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 1);
  Write(cluster, 0, 0, 25);
  auto source = OpenKafkaSource(cluster.options(), "events", {{0, 0}});
  REQUIRE(source.ok());

  std::vector<Record> batch;
  int64_t next = 0;
  for (int i = 0; i < kWaitsMax && next < 25; ++i) {
    REQUIRE((*source)->Poll(kWaitMs, 10, batch).ok());
    CHECK(batch.size() <= 10);
    for (const Record& record : batch) CHECK(record.offset == next++);
  }
  CHECK(next == 25);
}

TEST_CASE("reading from the end gives only what comes later", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 1);
  Write(cluster, 0, 0, 5);
  auto source = OpenKafkaSource(cluster.options(), "events", {{0, kFromEnd}});
  REQUIRE(source.ok());

  // The end is looked up when the broker answers, so write until something comes.
  std::vector<Kept> kept;
  for (int i = 5; i < kWaitsMax && kept.empty(); ++i) {
    Write(cluster, 0, i, 1);
    std::vector<Record> batch;
    REQUIRE((*source)->Poll(kWaitMs, 1, batch).ok());
    for (const Record& r : batch) kept.push_back({0, r.offset, true, "", std::string(r.value)});
  }
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].offset >= 5);
  CHECK(kept[0].value == std::to_string(kept[0].offset));
}

TEST_CASE("an offset that is not in the log is an error that names its place and stays", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 2);
  Write(cluster, 0, 0, 5);
  auto source = OpenKafkaSource(cluster.options(), "events", {{0, 0}, {1, 77}});
  REQUIRE(source.ok());

  std::vector<Kept> kept;
  absl::Status status = PollFor(**source, SIZE_MAX, kept);
  REQUIRE(absl::IsOutOfRange(status));
  const std::string words(status.message());
  CHECK(words.find("topic events, partition 1") != std::string::npos);
  CHECK(words.find("start again") != std::string::npos);
  std::vector<Record> batch;
  CHECK(absl::IsOutOfRange((*source)->Poll(0, 10, batch)));
}

TEST_CASE("an unknown partition is reported as not found", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 2);
  KafkaOptions options = cluster.options();
  // How long a new topic may need to be known everywhere; half a minute by default.
  options.librdkafka["topic.metadata.propagation.max.ms"] = "100";
  auto source = OpenKafkaSource(options, "events", {{7, 0}});
  REQUIRE(source.ok());
  CHECK(absl::IsNotFound(PollForError(**source)));
}

TEST_CASE("a broker that goes away and comes back is neither an error nor a loss to a reader",
          "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 1);
  Write(cluster, 0, 0, 10);
  auto source = OpenKafkaSource(cluster.options(), "events", {{0, 0}});
  REQUIRE(source.ok());
  std::vector<Kept> kept;
  REQUIRE(PollFor(**source, 10, kept).ok());
  REQUIRE(kept.size() == 10);

  cluster.SetDown();
  std::vector<Record> batch;
  for (int i = 0; i < 5; ++i) {
    CHECK((*source)->Poll(kWaitMs, 10, batch).ok());
    CHECK(batch.empty());
  }
  cluster.SetUp();
  Write(cluster, 0, 10, 10);
  REQUIRE(PollFor(**source, 20, kept).ok());
  REQUIRE(kept.size() == 20);
  for (size_t i = 0; i < kept.size(); ++i) CHECK(kept[i].offset == static_cast<int64_t>(i));
}

TEST_CASE("a source reads on when a topic that was unknown for a moment is known again", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 1);
  Write(cluster, 0, 0, 10);
  KafkaOptions options = cluster.options();
  options.librdkafka["topic.metadata.refresh.interval.ms"] = "100";
  auto source = OpenKafkaSource(options, "events", {{0, 0}});
  REQUIRE(source.ok());
  std::vector<Kept> kept;
  REQUIRE(PollFor(**source, 10, kept).ok());
  cluster.Hide("events");
  CHECK(absl::IsNotFound(PollForError(**source)));
  cluster.Show("events");
  Write(cluster, 0, 10, 10);
  std::vector<Record> batch;
  for (int i = 0; i < kWaitsMax && kept.size() < 20; ++i) {
    const absl::Status status = (*source)->Poll(kWaitMs, 1000, batch);
    CHECK((status.ok() || absl::IsNotFound(status)));
    for (const Record& r : batch) kept.push_back({r.partition, r.offset, true, "", ""});
  }
  REQUIRE(kept.size() == 20);
  for (size_t i = 0; i < kept.size(); ++i) CHECK(kept[i].offset == static_cast<int64_t>(i));
}

TEST_CASE("a source opens while no broker is there", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("events", 1);
  cluster.SetDown();
  auto source = OpenKafkaSource(cluster.options(), "events", {{0, kFromBeginning}});
  REQUIRE(source.ok());
  std::vector<Record> batch;
  CHECK((*source)->Poll(kWaitMs, 10, batch).ok());
  cluster.SetUp();
  Write(cluster, 0, 0, 1);
  std::vector<Kept> kept;
  REQUIRE(PollFor(**source, 1, kept).ok());
  CHECK(kept.size() == 1);
}

TEST_CASE("a wrong assignment or option is refused at once and named", "[io]") {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  CHECK(absl::IsInvalidArgument(OpenKafkaSource(options, "events", {}).status()));
  CHECK(absl::IsInvalidArgument(OpenKafkaSource(options, "events", {{0, 1}, {0, 2}}).status()));
  CHECK(absl::IsInvalidArgument(OpenKafkaSource(options, "events", {{0, -3}}).status()));
  options.librdkafka["fetch.wait.max.sm"] = "10";
  const absl::Status refused = OpenKafkaSource(options, "events", {{0, 0}}).status();
  CHECK(absl::IsInvalidArgument(refused));
  CHECK(std::string(refused.message()).find("fetch.wait.max.sm") != std::string::npos);
}
