#include "io/kafka_sink.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/murmur2.h"
#include "io/kafka_source.h"
#include "mock_cluster.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr Topic kOwnTopic = static_cast<Topic>(static_cast<uint16_t>(Topic::kFirstChannel) + 3);

std::vector<TopicName> Topics() {
  return {{Topic::kAvailability, "availability"}, {kOwnTopic, "availability"}};
}

std::unique_ptr<KafkaSink> OpenSink(const KafkaOptions& options) {
  auto sink = KafkaSink::Open(options, Topics());
  REQUIRE(sink.ok());
  return *std::move(sink);
}

OutRecord MakeRecord(std::string_view key, std::string_view value, uint64_t tag,
                     int32_t partition = -1) {
  OutRecord record;
  record.partition = partition;
  record.key = key;
  record.value = value;
  record.tag = tag;
  return record;
}

}  // namespace

TEST_CASE("each record's tag comes back with where it is, in the order of sending", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 4);
  auto sink = OpenSink(cluster.options());
  for (uint64_t tag = 0; tag < 1000; ++tag) {
    REQUIRE(sink->TrySend(MakeRecord("key", "value", tag, static_cast<int32_t>(tag % 4))));
  }
  CHECK(sink->in_flight() == 1000);
  const std::vector<Delivery> deliveries = DrainFor(*sink, 1000);
  REQUIRE(deliveries.size() == 1000);
  CHECK(sink->in_flight() == 0);
  std::map<int32_t, int64_t> next;
  for (const Delivery& delivery : deliveries) {
    CHECK(delivery.status.ok());
    CHECK(delivery.partition == static_cast<int32_t>(delivery.tag % 4));
    CHECK(delivery.offset == next[delivery.partition]++);
    CHECK(delivery.offset == static_cast<int64_t>(delivery.tag / 4));
  }
}

TEST_CASE("without a partition the key chooses the one that PartitionOf names", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 32);
  auto sink = OpenSink(cluster.options());
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) keys.push_back("store-" + std::to_string(i * 7919));
  keys.push_back("");
  for (size_t i = 0; i < keys.size(); ++i) REQUIRE(sink->TrySend(MakeRecord(keys[i], "v", i)));
  const std::vector<Delivery> deliveries = DrainFor(*sink, keys.size());
  REQUIRE(deliveries.size() == keys.size());
  for (const Delivery& delivery : deliveries) {
    CHECK(delivery.partition == PartitionOf(keys[delivery.tag], 32));
  }
}

TEST_CASE("two topics of the worker may share one name and keep their identity", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  auto sink = OpenSink(cluster.options());
  OutRecord own = MakeRecord("a", "1", 1);
  own.topic = kOwnTopic;
  REQUIRE(sink->TrySend(own));
  REQUIRE(sink->TrySend(MakeRecord("a", "2", 2)));
  const std::vector<Delivery> deliveries = DrainFor(*sink, 2);
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[0].topic == kOwnTopic);
  CHECK(deliveries[1].topic == Topic::kAvailability);
  CHECK(deliveries[1].offset == 1);
}

TEST_CASE("headers travel with the record and an empty value is no tombstone", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  auto sink = OpenSink(cluster.options());
  const std::vector<Header> headers = {{"reason", "bad_line"}, {"detail", ""}};
  OutRecord record = MakeRecord("key", std::string_view(), 1);
  record.headers = headers;
  REQUIRE(sink->TrySend(record));
  REQUIRE(sink->TrySend(MakeRecord("key", std::string_view(), 2)));
  REQUIRE(sink->Flush(kWaitMs * kWaitsMax).ok());

  // Source gives no headers, so the log is read with the plain client.
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::string brokers = cluster.options().brokers;
  rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), nullptr, 0);
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client, "availability", nullptr);
  REQUIRE(rd_kafka_consume_start(topic, 0, RD_KAFKA_OFFSET_BEGINNING) == 0);
  for (int i = 0; i < 2; ++i) {
    rd_kafka_message_t* message = rd_kafka_consume(topic, 0, kWaitMs * kWaitsMax);
    REQUIRE(message != nullptr);
    CHECK(message->payload != nullptr);
    CHECK(message->len == 0);
    rd_kafka_headers_t* found = nullptr;
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    if (i == 0) {
      REQUIRE(rd_kafka_message_headers(message, &found) == RD_KAFKA_RESP_ERR_NO_ERROR);
      REQUIRE(rd_kafka_header_get_all(found, 0, &name, &value, &size) ==
              RD_KAFKA_RESP_ERR_NO_ERROR);
      CHECK(std::string(name) == "reason");
      CHECK(std::string(static_cast<const char*>(value), size) == "bad_line");
      CHECK(rd_kafka_header_cnt(found) == 2);
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consume_stop(topic, 0);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(client);
}

TEST_CASE("a full queue refuses the record and takes it once something was drained", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  KafkaOptions options = cluster.options();
  options.queue_records_max = 10;
  cluster.SetDown();
  auto sink = OpenSink(options);
  uint64_t taken = 0;
  while (taken < 100 && sink->TrySend(MakeRecord("k", "v", taken))) ++taken;
  CHECK(taken == 10);
  const std::vector<Header> headers = {{"reason", "bad_line"}};
  OutRecord with_headers = MakeRecord("k", "v", taken);
  with_headers.headers = headers;
  CHECK_FALSE(sink->TrySend(with_headers));
  CHECK(sink->in_flight() == 10);
  cluster.SetUp();
  CHECK(DrainFor(*sink, 10).size() == 10);
  CHECK(sink->TrySend(MakeRecord("k", "v", 10)));
}

TEST_CASE("an outage delays records, fails none and changes no order", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  auto sink = OpenSink(cluster.options());
  REQUIRE(sink->TrySend(MakeRecord("k", "0", 0)));
  REQUIRE(DrainFor(*sink, 1).size() == 1);

  cluster.SetDown();
  for (uint64_t tag = 1; tag < 100; ++tag) REQUIRE(sink->TrySend(MakeRecord("k", "v", tag)));
  std::vector<Delivery> deliveries;
  sink->Drain(kWaitMs, deliveries);
  CHECK(deliveries.empty());
  CHECK(absl::IsDeadlineExceeded(sink->Flush(kWaitMs)));
  cluster.SetUp();
  deliveries = DrainFor(*sink, 99);
  REQUIRE(deliveries.size() == 99);
  for (size_t i = 0; i < deliveries.size(); ++i) {
    CHECK(deliveries[i].status.ok());
    CHECK(deliveries[i].tag == i + 1);
    CHECK(deliveries[i].offset == static_cast<int64_t>(i) + 1);
  }
}

TEST_CASE("after a fatal error every unacknowledged record comes back and can be sent again",
          "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 2);
  // The cluster refuses the idempotent producer its identity, which librdkafka never forgives.
  cluster.FailNext(MockCluster::kInitProducerIdRequest,
                   RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  auto sink = OpenSink(cluster.options());
  std::set<uint64_t> unacknowledged;
  for (uint64_t tag = 0; tag < 50; ++tag) {
    if (!sink->TrySend(MakeRecord("k", "v", tag, static_cast<int32_t>(tag % 2)))) break;
    unacknowledged.insert(tag);
  }
  REQUIRE(!unacknowledged.empty());
  for (int i = 0; i < kWaitsMax && sink->producer_restarts() == 0; ++i) {
    std::vector<Delivery> failed;
    sink->Drain(kWaitMs, failed);
    for (const Delivery& delivery : failed) {
      CHECK_FALSE(delivery.status.ok());
      CHECK(delivery.offset == -1);
      CHECK(delivery.partition == static_cast<int32_t>(delivery.tag % 2));
      CHECK(unacknowledged.erase(delivery.tag) == 1);
    }
  }
  REQUIRE(sink->producer_restarts() == 1);
  CHECK_FALSE(sink->last_fatal_error().empty());
  CHECK(unacknowledged.empty());
  CHECK(sink->in_flight() == 0);

  REQUIRE(sink->TrySend(MakeRecord("k", "again", 7, 0)));
  const std::vector<Delivery> again = DrainFor(*sink, 1);
  REQUIRE(again.size() == 1);
  CHECK(again[0].status.ok());
  CHECK(again[0].tag == 7);
  CHECK(again[0].offset == 0);
}

TEST_CASE("whatever a produce request is answered, each record is settled once and goes through",
          "[io]") {
  const auto error =
      GENERATE(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
               RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
               RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  auto sink = OpenSink(cluster.options());
  REQUIRE(sink->TrySend(MakeRecord("k", "v", 0)));
  REQUIRE(DrainFor(*sink, 1).size() == 1);

  cluster.FailNext(MockCluster::kProduceRequest, error);
  std::deque<uint64_t> to_send;
  std::set<uint64_t> unsettled;
  for (uint64_t tag = 1; tag <= 200; ++tag) {
    to_send.push_back(tag);
    unsettled.insert(tag);
  }
  for (int i = 0; i < kWaitsMax && !unsettled.empty(); ++i) {
    while (!to_send.empty() && sink->TrySend(MakeRecord("k", "v", to_send.front()))) {
      to_send.pop_front();
    }
    std::vector<Delivery> deliveries;
    sink->Drain(kWaitMs, deliveries);
    for (const Delivery& delivery : deliveries) {
      if (!delivery.status.ok()) {
        to_send.push_back(delivery.tag);
      } else {
        CHECK(unsettled.erase(delivery.tag) == 1);
      }
    }
  }
  CHECK(unsettled.empty());
  CHECK(sink->in_flight() == 0);
  // Of these only a hole in the sequence is beyond repair for librdkafka.
  const bool fatal = error == RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
  CHECK(sink->producer_restarts() == (fatal ? 1 : 0));
}

namespace {

// Who sends as the worker does: of each key at most one record is on its way, with the newest value
// when it is sent.
class KeyedSender {
 public:
  KeyedSender(KafkaSink& sink, uint64_t keys) : sink_(sink), newest_(keys, 0), busy_(keys, false) {
    for (uint64_t key = 0; key < keys; ++key) dirty_.insert(key);
  }

  void Raise() {
    for (uint64_t key = 0; key < newest_.size(); ++key) {
      ++newest_[key];
      dirty_.insert(key);
    }
  }

  void Turn(int wait_ms) {
    for (auto it = dirty_.begin(); it != dirty_.end();) {
      const uint64_t key = *it;
      const std::string value = std::to_string(newest_[key]);
      const std::string name = std::to_string(key);
      OutRecord record = MakeRecord(name, value, key, 0);
      record.topic = TopicOf(key);
      if (busy_[key] || !sink_.TrySend(record)) {
        ++it;
        continue;
      }
      busy_[key] = true;
      it = dirty_.erase(it);
    }
    std::vector<Delivery> deliveries;
    sink_.Drain(wait_ms, deliveries);
    for (const Delivery& delivery : deliveries) {
      REQUIRE(busy_[delivery.tag]);
      busy_[delivery.tag] = false;
      if (!delivery.status.ok()) dirty_.insert(delivery.tag);
      failed_ += delivery.status.ok() ? 0 : 1;
    }
  }

  bool AllAcknowledged() const {
    return dirty_.empty() && std::none_of(busy_.begin(), busy_.end(), [](bool b) { return b; });
  }
  static Topic TopicOf(uint64_t key) {
    constexpr Topic kTopics[] = {Topic::kAvailability, Topic::kRejects, Topic::kStockEvents};
    return kTopics[key % 3];
  }
  const std::vector<int>& newest() const { return newest_; }
  int failed() const { return failed_; }

 private:
  KafkaSink& sink_;
  std::vector<int> newest_;
  std::vector<bool> busy_;
  std::set<uint64_t> dirty_;
  int failed_ = 0;
};

// The last value of each key in the topic.
void ReadLast(const MockCluster& cluster, const std::string& topic, size_t keys,
              std::map<uint64_t, int>& last) {
  auto source = OpenKafkaSource(cluster.options(), topic, {{0, kFromBeginning}});
  REQUIRE(source.ok());
  std::vector<Record> batch;
  std::set<std::string> seen;
  for (int i = 0; i < kWaitsMax && (seen.size() < keys || (*source)->EndSeen(0) < 0); ++i) {
    REQUIRE((*source)->Poll(kWaitMs, 1000, batch).ok());
    for (const Record& record : batch) {
      seen.insert(std::string(record.key));
      last[std::stoull(std::string(record.key))] = std::stoi(std::string(record.value));
    }
  }
}

}  // namespace

TEST_CASE("over fatal errors of the producer every topic's keys end with their newest value",
          "[io]") {
  constexpr uint64_t kKeys = 30;
  const std::map<Topic, std::string> names = {{Topic::kAvailability, "availability"},
                                              {Topic::kRejects, "stock-rejects"},
                                              {Topic::kStockEvents, "stock-events"}};
  MockCluster cluster;
  std::vector<TopicName> topics;
  for (const auto& [topic, name] : names) {
    cluster.CreateTopic(name, 1);
    topics.push_back({topic, name});
  }
  auto sink = KafkaSink::Open(cluster.options(), topics);
  REQUIRE(sink.ok());
  KeyedSender sender(**sink, kKeys);
  for (int i = 0; i < kWaitsMax && !sender.AllAcknowledged(); ++i) sender.Turn(kWaitMs);
  REQUIRE(sender.AllAcknowledged());

  cluster.SetRoundTrip(50);  // so that there is something on its way
  for (uint64_t death = 1; death <= 2; ++death) {
    cluster.FailNext(MockCluster::kProduceRequest, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    for (int i = 0; i < kWaitsMax && (*sink)->producer_restarts() < death; ++i) {
      sender.Raise();
      sender.Turn(5);
    }
    REQUIRE((*sink)->producer_restarts() == death);
  }
  CHECK(sender.failed() > 0);
  sender.Raise();
  for (int i = 0; i < kWaitsMax && !sender.AllAcknowledged(); ++i) sender.Turn(kWaitMs);
  REQUIRE(sender.AllAcknowledged());
  CHECK((*sink)->in_flight() == 0);

  std::map<uint64_t, int> last;
  for (const auto& [topic, name] : names) ReadLast(cluster, name, kKeys / 3, last);
  REQUIRE(last.size() == kKeys);
  for (uint64_t key = 0; key < kKeys; ++key) CHECK(last[key] == sender.newest()[key]);
}

TEST_CASE("a cluster that kills every producer is not asked without end", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  cluster.FailNext(MockCluster::kInitProducerIdRequest,
                   RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, 3);
  auto sink = OpenSink(cluster.options());
  std::vector<Delivery> deliveries;
  bool paused = false;
  for (int i = 0; i < kWaitsMax && sink->producer_restarts() < 3; ++i) {
    // Only while there is no producer is a record not taken by an empty sink.
    paused |= sink->in_flight() == 0 && !sink->TrySend(MakeRecord("k", "v", 1, 0));
    sink->Drain(kWaitMs, deliveries);
  }
  CHECK(sink->producer_restarts() == 3);
  CHECK(paused);
  deliveries.clear();
  for (int i = 0; i < kWaitsMax && deliveries.empty(); ++i) {
    static_cast<void>(sink->TrySend(MakeRecord("k", "v", 2, 0)));
    sink->Drain(kWaitMs, deliveries);
  }
  REQUIRE_FALSE(deliveries.empty());
  CHECK(deliveries.back().status.ok());
}

TEST_CASE("an acknowledgement without a place is a success at an unknown offset", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  auto sink = OpenSink(cluster.options());
  cluster.FailNext(MockCluster::kProduceRequest, RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER);
  REQUIRE(sink->TrySend(MakeRecord("k", "v", 1)));
  const std::vector<Delivery> deliveries = DrainFor(*sink, 1);
  REQUIRE(deliveries.size() == 1);
  CHECK(deliveries[0].status.ok());
  CHECK(deliveries[0].offset == -1);
}

TEST_CASE("a record too large for the producer fails for good and stops nothing", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  KafkaOptions options = cluster.options();
  options.librdkafka["message.max.bytes"] = "2000";
  auto sink = OpenSink(options);
  REQUIRE(sink->TrySend(MakeRecord("k", std::string(5000, 'x'), 1, 0)));
  REQUIRE(sink->TrySend(MakeRecord("k", "small", 2, 0)));
  const std::vector<Delivery> deliveries = DrainFor(*sink, 2);
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[0].tag == 1);
  CHECK(absl::IsInvalidArgument(deliveries[0].status));
  CHECK(deliveries[1].status.ok());
}

TEST_CASE("a record above the size of the largest event is sent", "[io]") {
  MockCluster cluster;
  cluster.CreateTopic("availability", 1);
  auto sink = OpenSink(cluster.options());
  REQUIRE(sink->TrySend(MakeRecord("k", std::string(1'100'000, 'x'), 1, 0)));
  const std::vector<Delivery> deliveries = DrainFor(*sink, 1);
  REQUIRE(deliveries.size() == 1);
  CHECK(deliveries[0].status.ok());
}

TEST_CASE("a sink refuses wrong options and a topic listed twice", "[io]") {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  const std::vector<TopicName> twice = {{Topic::kStarts, "a"}, {Topic::kStarts, "b"}};
  CHECK(absl::IsInvalidArgument(KafkaSink::Open(options, twice).status()));
  options.compression = "best";
  CHECK(absl::IsInvalidArgument(KafkaSink::Open(options, Topics()).status()));
}
