// A Kafka cluster of one broker inside the test's process, and the loops that wait for it.
#pragma once

#include <librdkafka/rdkafka.h>
// After rdkafka.h.
#include <librdkafka/rdkafka_mock.h>

#include <memory>
#include <string>
#include <vector>

#include "io/kafka_options.h"
#include "io/sink.h"
#include "io/source.h"
#include "support/catch.h"

namespace shelf {

class MockCluster {
 public:
  static constexpr int16_t kProduceRequest = 0;
  static constexpr int16_t kInitProducerIdRequest = 22;

  MockCluster()
      : client_(rd_kafka_new(RD_KAFKA_PRODUCER, QuietConf(), nullptr, 0)),
        cluster_(rd_kafka_mock_cluster_new(client_, 1)) {}
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  KafkaOptions options() const {
    KafkaOptions options;
    options.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    options.librdkafka["log_level"] = "0";
    // An outage lasts as long as a test looks at it, so come back at once.
    options.librdkafka["reconnect.backoff.ms"] = "10";
    options.librdkafka["reconnect.backoff.max.ms"] = "20";
    return options;
  }

  void CreateTopic(const std::string& name, int partitions) {
    REQUIRE(rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1) ==
            RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  // The mock makes a topic at the first question about it, unless it is told to deny it.
  void Hide(const std::string& name) {
    rd_kafka_mock_topic_set_error(cluster_, name.c_str(), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  }

  void Show(const std::string& name) {
    rd_kafka_mock_topic_set_error(cluster_, name.c_str(), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  void SetDown() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void SetUp() { rd_kafka_mock_broker_set_up(cluster_, 1); }

  void FailNext(int16_t request, rd_kafka_resp_err_t error, int times = 1) {
    for (int n = 0; n < times; ++n) rd_kafka_mock_push_request_errors(cluster_, request, 1, error);
  }

  // Answers come so much later.
  void SetRoundTrip(int ms) { rd_kafka_mock_broker_set_rtt(cluster_, 1, ms); }

 private:
  static rd_kafka_conf_t* QuietConf() {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", nullptr, 0);
    return conf;
  }

  rd_kafka_t* const client_;
  rd_kafka_mock_cluster_t* const cluster_;
};

// What a record was, after Poll took it back.
struct Kept {
  int32_t partition;
  int64_t offset;
  bool has_value;
  std::string key;
  std::string value;
};

inline constexpr int kWaitMs = 100;
inline constexpr int kWaitsMax = 200;  // 20 s: far beyond what a loaded machine needs

// Polls until `count` records came, an error did, or nothing more can be hoped for.
inline absl::Status PollFor(Source& source, size_t count, std::vector<Kept>& kept) {
  std::vector<Record> batch;
  for (int i = 0; i < kWaitsMax && kept.size() < count; ++i) {
    absl::Status status = source.Poll(kWaitMs, 1000, batch);
    if (!status.ok()) return status;
    for (const Record& r : batch) {
      kept.push_back(
          {r.partition, r.offset, r.has_value, std::string(r.key), std::string(r.value)});
    }
  }
  return absl::OkStatus();
}

// Polls until an error comes.
inline absl::Status PollForError(Source& source) {
  std::vector<Kept> kept;
  return PollFor(source, SIZE_MAX, kept);
}

inline std::vector<Delivery> DrainFor(Sink& sink, size_t count) {
  std::vector<Delivery> deliveries;
  for (int i = 0; i < kWaitsMax && deliveries.size() < count; ++i) sink.Drain(kWaitMs, deliveries);
  return deliveries;
}

}  // namespace shelf
