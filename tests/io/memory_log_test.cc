#include "io/memory_log.h"

#include <string>
#include <vector>

#include "base/murmur2.h"
#include "support/catch.h"

using namespace shelf;

namespace {

std::vector<int64_t> Offsets(const std::vector<Record>& records) {
  std::vector<int64_t> offsets;
  for (const Record& record : records) offsets.push_back(record.offset);
  return offsets;
}

std::vector<Record> PollAll(MemorySource& source, size_t records_max = 1000) {
  std::vector<Record> records;
  REQUIRE(source.Poll(0, records_max, records).ok());
  return records;
}

std::vector<Delivery> DrainAll(MemorySink& sink) {
  std::vector<Delivery> deliveries;
  sink.Drain(0, deliveries);
  return deliveries;
}

OutRecord MakeRecord(std::string_view key, uint64_t tag) {
  OutRecord record;
  record.key = key;
  record.value = "value";
  record.tag = tag;
  return record;
}

// A log with one output topic of four partitions and a sink on it.
struct Output {
  MemoryLog log;
  MemorySink sink;

  Output() : sink(WithTopic(log), {{Topic::kAvailability, "availability"}}) {}

  static MemoryLog* WithTopic(MemoryLog& log) {
    log.CreateTopic("availability", 4);
    return &log;
  }
  size_t size() const {
    size_t total = 0;
    for (int32_t p = 0; p < 4; ++p) total += log.Records("availability", p).size();
    return total;
  }
};

}  // namespace

TEST_CASE("memory: records come back as appended, with offset and the log's time", "[io]") {
  MemoryLog log;
  log.CreateTopic("events", 2);
  log.set_now_ms(1000);
  log.Append("events", 1, "a", "first");
  log.set_now_ms(2000);
  const PartitionOffset at = log.Append("events", 1, "b", "second");
  CHECK(at.partition == 1);
  CHECK(at.offset == 1);
  MemoryRecord tombstone;
  tombstone.key = "a";
  tombstone.has_value = false;
  log.Append("events", 1, tombstone);

  MemorySource source(&log, "events", {{0, 0}, {1, 0}});
  const std::vector<Record> records = PollAll(source);
  REQUIRE(records.size() == 3);
  CHECK(records[0].timestamp_ms == 1000);
  CHECK(records[1].timestamp_ms == 2000);
  CHECK(records[1].key == "b");
  CHECK(records[1].value == "second");
  CHECK(records[1].has_value);
  CHECK_FALSE(records[2].has_value);
  CHECK(records[2].partition == 1);
  CHECK(PollAll(source).empty());
  log.Append("events", 0, "c", "later");
  CHECK(PollAll(source).size() == 1);
}

TEST_CASE("memory: without a partition the key chooses as Kafka does", "[io]") {
  MemoryLog log;
  log.CreateTopic("events", 32);
  for (const char* key : {"557722", "0557722", "store", ""}) {
    CHECK(log.Append("events", -1, key, "v").partition == PartitionOf(key, 32));
  }
}

TEST_CASE("memory: a source starts at an offset, at the beginning or at the end", "[io]") {
  MemoryLog log;
  log.CreateTopic("events", 1);
  for (int i = 0; i < 5; ++i) log.Append("events", 0, "k", "v");
  log.TrimBefore("events", 0, 2);
  MemorySource from_three(&log, "events", {{0, 3}});
  MemorySource from_beginning(&log, "events", {{0, kFromBeginning}});
  MemorySource from_end(&log, "events", {{0, kFromEnd}});
  log.Append("events", 0, "k", "v");
  CHECK(Offsets(PollAll(from_three)) == std::vector<int64_t>{3, 4, 5});
  CHECK(Offsets(PollAll(from_beginning)) == std::vector<int64_t>{2, 3, 4, 5});
  CHECK(Offsets(PollAll(from_end)) == std::vector<int64_t>{5});
}

TEST_CASE("memory: an offset below or above the log is out of range", "[io]") {
  MemoryLog log;
  log.CreateTopic("events", 1);
  for (int i = 0; i < 5; ++i) log.Append("events", 0, "k", "v");
  std::vector<Record> records;
  MemorySource above(&log, "events", {{0, 6}});
  CHECK(absl::IsOutOfRange(above.Poll(0, 10, records)));
  MemorySource next(&log, "events", {{0, 5}});
  CHECK(next.Poll(0, 10, records).ok());
  log.TrimBefore("events", 0, 3);
  CHECK(log.LowWatermark("events", 0) == 3);
  CHECK(log.HighWatermark("events", 0) == 5);
  MemorySource below(&log, "events", {{0, 2}});
  CHECK(absl::IsOutOfRange(below.Poll(0, 10, records)));
}

TEST_CASE("memory: a failing partition does not hide the records of the others", "[io]") {
  MemoryLog log;
  log.CreateTopic("events", 2);
  log.Append("events", 1, "k", "v");
  MemorySource source(&log, "events", {{0, 9}, {1, 0}});
  std::vector<Record> records;
  REQUIRE(source.Poll(0, 10, records).ok());
  CHECK(records.size() == 1);
  CHECK(absl::IsOutOfRange(source.Poll(0, 10, records)));
}

TEST_CASE("memory: a poll is bounded and no partition starves another", "[io]") {
  MemoryLog log;
  log.CreateTopic("events", 2);
  for (int i = 0; i < 100; ++i) log.Append("events", 0, "k", "v");
  log.Append("events", 1, "k", "v");
  MemorySource source(&log, "events", {{0, 0}, {1, 0}});
  CHECK(PollAll(source, 10).size() == 10);
  const std::vector<Record> second = PollAll(source, 10);
  REQUIRE(second.size() == 10);
  CHECK(second[0].partition == 1);
}

TEST_CASE("memory: compaction keeps the last record of each key at its offset", "[io]") {
  MemoryLog log;
  log.CreateTopic("reference", 1);
  for (const char* key : {"a", "b", "a", "c", "b"}) log.Append("reference", 0, key, key);
  log.Compact("reference", 0);
  MemorySource source(&log, "reference", {{0, kFromBeginning}});
  CHECK(Offsets(PollAll(source)) == std::vector<int64_t>{2, 3, 4});
  CHECK(log.Append("reference", 0, "d", "d").offset == 5);
  MemorySource in_a_hole(&log, "reference", {{0, 1}});
  CHECK(Offsets(PollAll(in_a_hole)) == std::vector<int64_t>{2, 3, 4, 5});
}

TEST_CASE("memory: the observer sees every record of every topic in order", "[io]") {
  MemoryLog log;
  log.CreateTopic("a", 1);
  log.CreateTopic("b", 2);
  std::string seen;
  log.set_observer([&](std::string_view topic, int32_t partition, const MemoryRecord& record) {
    seen += std::string(topic) + std::to_string(partition) + record.value + " ";
  });
  log.Append("b", 1, "k", "x");
  log.Append("a", 0, "k", "y");
  log.Append("b", 0, "k", "z");
  CHECK(seen == "b1x a0y b0z ");
}

TEST_CASE("memory: a sent record is in the log with its headers and is acknowledged", "[io]") {
  Output out;
  const std::vector<Header> headers = {{"reason", "bad_line"}};
  OutRecord record = MakeRecord("key", 7);
  record.headers = headers;
  REQUIRE(out.sink.TrySend(record));
  const std::vector<Delivery> deliveries = DrainAll(out.sink);
  REQUIRE(deliveries.size() == 1);
  CHECK(deliveries[0].status.ok());
  CHECK(deliveries[0].tag == 7);
  CHECK(deliveries[0].offset == 0);
  CHECK(deliveries[0].partition == PartitionOf("key", 4));
  const MemoryRecord& kept = out.log.Records("availability", deliveries[0].partition).front();
  CHECK(kept.key == "key");
  CHECK(kept.headers == std::vector<std::pair<std::string, std::string>>{{"reason", "bad_line"}});
  CHECK(DrainAll(out.sink).empty());
}

TEST_CASE("memory: a corked sink writes and keeps the acknowledgements back", "[io]") {
  Output out;
  out.sink.cork();
  REQUIRE(out.sink.TrySend(MakeRecord("a", 1)));
  REQUIRE(out.sink.TrySend(MakeRecord("a", 2)));
  CHECK(out.size() == 2);
  CHECK(DrainAll(out.sink).empty());
  CHECK(out.sink.in_flight() == 2);
  out.sink.uncork();
  const std::vector<Delivery> deliveries = DrainAll(out.sink);
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[0].tag == 1);
  CHECK(deliveries[1].tag == 2);
  CHECK(out.sink.in_flight() == 0);
}

TEST_CASE("memory: during an outage records wait and are written in order afterwards", "[io]") {
  Output out;
  out.sink.Disconnect();
  REQUIRE(out.sink.TrySend(MakeRecord("a", 1)));
  REQUIRE(out.sink.TrySend(MakeRecord("a", 2)));
  CHECK(out.size() == 0);
  CHECK(DrainAll(out.sink).empty());
  out.sink.Connect();
  const std::vector<Delivery> deliveries = DrainAll(out.sink);
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[0].tag == 1);
  CHECK(deliveries[1].offset == deliveries[0].offset + 1);
}

TEST_CASE("memory: records told to fail are not written and come back as failed", "[io]") {
  Output out;
  out.sink.FailNext(1);
  REQUIRE(out.sink.TrySend(MakeRecord("a", 1)));
  REQUIRE(out.sink.TrySend(MakeRecord("a", 2)));
  const std::vector<Delivery> deliveries = DrainAll(out.sink);
  REQUIRE(deliveries.size() == 2);
  CHECK_FALSE(deliveries[0].status.ok());
  CHECK(deliveries[0].offset == -1);
  CHECK(deliveries[1].status.ok());
  CHECK(out.size() == 1);
}

TEST_CASE("memory: a full queue refuses records until deliveries are drained", "[io]") {
  Output out;
  out.sink.set_queue_records_max(2);
  CHECK(out.sink.TrySend(MakeRecord("a", 1)));
  CHECK(out.sink.TrySend(MakeRecord("a", 2)));
  CHECK_FALSE(out.sink.TrySend(MakeRecord("a", 3)));
  CHECK(DrainAll(out.sink).size() == 2);
  CHECK(out.sink.TrySend(MakeRecord("a", 3)));
}
