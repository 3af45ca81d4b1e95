#include "io/kafka_topics.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "io/kafka_client.h"
#include "io/source.h"

namespace shelf {

struct KafkaCluster::Client {
  KafkaClient handle;
};

KafkaCluster::KafkaCluster(std::unique_ptr<Client> client) : client_(std::move(client)) {}
KafkaCluster::~KafkaCluster() = default;

absl::StatusOr<std::unique_ptr<KafkaCluster>> KafkaCluster::Open(const KafkaOptions& options) {
  // A consumer, since a producer that asks for a topic has it created. Errors only in the log:
  // brokers too old for this property make librdkafka warn at each question.
  absl::StatusOr<KafkaConf> conf =
      MakeKafkaConf(options, {{"allow.auto.create.topics", "false"}, {"log_level", "3"}});
  if (!conf.ok()) return conf.status();
  absl::StatusOr<KafkaClient> handle = MakeKafkaClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (!handle.ok()) return handle.status();
  auto client = std::make_unique<Client>(Client{*std::move(handle)});
  return std::unique_ptr<KafkaCluster>(new KafkaCluster(std::move(client)));
}

namespace {

absl::StatusOr<int32_t> AskForPartitions(rd_kafka_t* client, const std::string& topic,
                                         int timeout_ms) {
  const std::string what = absl::StrCat("topic ", topic);
  const KafkaTopic asked = MakeKafkaTopic(client, topic);
  if (asked == nullptr) return KafkaError(rd_kafka_last_error(), what);

  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(client, 0, asked.get(), &answer, timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(error, what);
  const std::unique_ptr<const rd_kafka_metadata_t, FreedBy<rd_kafka_metadata_destroy>> owned(
      answer);
  if (owned->topic_cnt != 1) return absl::UnavailableError(absl::StrCat(what, ": no answer"));
  const rd_kafka_metadata_topic_t& found = owned->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(found.err, what);
  if (found.partition_cnt == 0) return absl::UnavailableError(absl::StrCat(what, ": not ready"));
  return found.partition_cnt;
}

absl::StatusOr<OffsetRange> AskForOffsets(rd_kafka_t* client, const std::string& topic,
                                          int32_t partition, int timeout_ms) {
  OffsetRange range;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      client, topic.c_str(), partition, &range.low, &range.high, timeout_ms);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return range;
  const absl::Status status =
      KafkaError(error, absl::StrCat("topic ", topic, ", partition ", partition));
  if (!absl::IsNotFound(status)) return status;
  // That is also said of a partition that has no leader for the moment.
  const absl::StatusOr<int32_t> count = AskForPartitions(client, topic, timeout_ms);
  return count.ok() && partition < *count ? absl::UnavailableError(status.message()) : status;
}

using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                      FreedBy<rd_kafka_topic_partition_list_destroy>>;

absl::StatusOr<std::map<int32_t, int64_t>> AskForTimes(rd_kafka_t* client, const std::string& topic,
                                                       int32_t partitions, int64_t time_ms,
                                                       int timeout_ms) {
  const PartitionList list(rd_kafka_topic_partition_list_new(partitions));
  for (int32_t p = 0; p < partitions; ++p) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = time_ms;
  }
  const rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(client, list.get(), timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(error, absl::StrCat("topic ", topic));
  std::map<int32_t, int64_t> offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& found = list->elems[i];
    if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return KafkaError(found.err, absl::StrCat("topic ", topic, ", partition ", found.partition));
    }
    offsets[found.partition] = found.offset >= 0 ? found.offset : kFromEnd;
  }
  return offsets;
}

}  // namespace

absl::StatusOr<int32_t> KafkaCluster::PartitionCount(const std::string& topic, int timeout_ms) {
  return AskUntilAnswered(timeout_ms, [&](int left_ms) {
    return AskForPartitions(client_->handle.get(), topic, left_ms);
  });
}

absl::StatusOr<OffsetRange> KafkaCluster::Watermarks(const std::string& topic, int32_t partition,
                                                     int timeout_ms) {
  return AskUntilAnswered(timeout_ms, [&](int left_ms) {
    return AskForOffsets(client_->handle.get(), topic, partition, left_ms);
  });
}

absl::StatusOr<std::map<int32_t, int64_t>> KafkaCluster::OffsetsAt(const std::string& topic,
                                                                   int32_t partitions,
                                                                   int64_t time_ms,
                                                                   int timeout_ms) {
  return AskUntilAnswered(timeout_ms, [&](int left_ms) {
    return AskForTimes(client_->handle.get(), topic, partitions, time_ms, left_ms);
  });
}

}  // namespace shelf
