#include "io/kafka_source.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "io/kafka_client.h"

namespace shelf {
namespace {

static_assert(kFromBeginning == RD_KAFKA_OFFSET_BEGINNING);
static_assert(kFromEnd == RD_KAFKA_OFFSET_END);

KafkaSettings ConsumerSettings(const KafkaOptions& options) {
  return {
      // The checkpoint alone says where to go on, and a lost offset must be an alarm: librdkafka's
      // default would skip to the end in silence.
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      // Read far ahead, bounded by bytes: about four times faster than the default.
      {"queued.min.messages", "1000000"},
      {"queued.max.messages.kbytes", absl::StrCat(options.prefetch_kbytes_max)},
      // Tells where a partition ends, which offsets alone do not: see Source::EndSeen.
      {"enable.partition.eof", "true"},
      {"fetch.wait.max.ms", "10"},
      {"fetch.error.backoff.ms", "50"},
  };
}

absl::Status CheckAssignment(const std::vector<PartitionOffset>& from) {
  std::set<int32_t> seen;
  for (const PartitionOffset& at : from) {
    if (at.partition < 0 || at.offset < kFromBeginning) {
      return absl::InvalidArgumentError(
          absl::StrCat("no such place in a log: partition ", at.partition, ", offset ", at.offset));
    }
    if (!seen.insert(at.partition).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("partition ", at.partition, " is assigned twice"));
    }
  }
  return from.empty() ? absl::InvalidArgumentError("no partition is assigned") : absl::OkStatus();
}

std::string_view Bytes(const void* data, size_t size) {
  return {static_cast<const char*>(data), data == nullptr ? 0 : size};
}

Record ToRecord(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type;
  const int64_t timestamp_ms = rd_kafka_message_timestamp(&message, &type);
  Record record;
  record.partition = message.partition;
  record.offset = message.offset;
  record.timestamp_ms = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? 0 : timestamp_ms;
  record.has_value = message.payload != nullptr;
  record.key = Bytes(message.key, message.key_len);
  record.value = Bytes(message.payload, message.len);
  return record;
}

// Why `message`, which carries an error, came in place of a record.
absl::Status ToStatus(const std::string& topic, const rd_kafka_message_t& message) {
  const std::string where = absl::StrCat("topic ", topic, ", partition ", message.partition);
  const absl::Status status = KafkaError(message.err, where);
  if (!absl::IsOutOfRange(status)) {
    return absl::Status(status.code(),
                        absl::StrCat(where, ": ", rd_kafka_message_errstr(&message)));
  }
  return absl::OutOfRangeError(absl::StrCat(
      where, ": the offset to read next is not in the log (", rd_kafka_message_errstr(&message),
      "). Retention removed it, or the topic was made anew. Nothing was skipped: start again, and "
      "shelfd will say what to do"));
}

// The worst that was met and not told yet. At a stable address, since librdkafka keeps it.
class FailureNote {
 public:
  void Add(absl::Status status) {
    // Waiting is no failure: nothing comes, and the log goes on where it stopped.
    if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) return;
    if (status_.ok() || absl::IsOutOfRange(status)) status_ = std::move(status);
  }

  // librdkafka's callback for what it does not put in place of a record: partitions that do not
  // exist, a refused login, and much that passes by itself.
  static void OnError(rd_kafka_t*, int error, const char* words, void* note) {
    const absl::Status status = KafkaError(static_cast<rd_kafka_resp_err_t>(error), words);
    if (absl::IsNotFound(status) || absl::IsPermissionDenied(status)) {
      static_cast<FailureNote*>(note)->Add(status);
    }
  }

  // After OutOfRange librdkafka has stopped that partition for good, so that failure stays.
  absl::Status Take() {
    if (absl::IsOutOfRange(status_)) return status_;
    return std::exchange(status_, absl::OkStatus());
  }

  bool empty() const { return status_.ok(); }

 private:
  absl::Status status_;
};

class KafkaSource final : public Source {
 public:
  KafkaSource(std::unique_ptr<FailureNote> failure, KafkaClient client, const std::string& topic)
      : failure_(std::move(failure)),
        client_(std::move(client)),
        queue_(rd_kafka_queue_new(client_.get())),
        topic_(MakeKafkaTopic(client_.get(), topic)),
        topic_name_(topic) {}

  ~KafkaSource() override {
    ReleaseBatch();
    for (const int32_t partition : started_) rd_kafka_consume_stop(topic_.get(), partition);
  }

  absl::Status Start(const PartitionOffset& at) {
    if (topic_ == nullptr) {
      return KafkaError(rd_kafka_last_error(), absl::StrCat("topic ", topic_name_));
    }
    if (rd_kafka_consume_start_queue(topic_.get(), at.partition, at.offset, queue_.get()) != 0) {
      return KafkaError(rd_kafka_last_error(),
                        absl::StrCat("topic ", topic_name_, ", partition ", at.partition));
    }
    started_.push_back(at.partition);
    return absl::OkStatus();
  }

  absl::Status Poll(int wait_ms, size_t records_max, std::vector<Record>& out) override {
    out.clear();
    ReleaseBatch();
    if (!failure_->empty()) return failure_->Take();
    FetchBatch(wait_ms, records_max);
    for (const rd_kafka_message_t* message : batch_) {
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        out.push_back(ToRecord(*message));
      } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        ends_seen_[message->partition] = message->offset;
      } else {
        failure_->Add(ToStatus(topic_name_, *message));
      }
    }
    return out.empty() ? failure_->Take() : absl::OkStatus();
  }

  int64_t EndSeen(int32_t partition) const override {
    const auto seen = ends_seen_.find(partition);
    return seen != ends_seen_.end() ? seen->second : -1;
  }

 private:
  void ReleaseBatch() {
    for (rd_kafka_message_t* message : batch_) rd_kafka_message_destroy(message);
    batch_.clear();
  }

  // A batch call waits until the batch is full, so a first one waits for a single message and a
  // second takes, without waiting, what lies behind it.
  void FetchBatch(int wait_ms, size_t records_max) {
    // Serves OnError, which must not wait until records come.
    rd_kafka_poll(client_.get(), 0);
    if (records_max == 0) return;
    batch_.resize(records_max);
    size_t count = Take(wait_ms, 0, 1);
    if (count == 1) count += Take(0, 1, records_max - 1);
    batch_.resize(count);
  }

  size_t Take(int wait_ms, size_t at, size_t count) {
    if (count == 0) return 0;
    const ssize_t taken =
        rd_kafka_consume_batch_queue(queue_.get(), wait_ms, batch_.data() + at, count);
    return taken < 0 ? 0 : static_cast<size_t>(taken);
  }

  // In the order of construction; destroyed the other way round.
  const std::unique_ptr<FailureNote> failure_;
  const KafkaClient client_;
  const KafkaQueue queue_;
  const KafkaTopic topic_;
  const std::string topic_name_;

  std::vector<int32_t> started_;
  std::map<int32_t, int64_t> ends_seen_;
  std::vector<rd_kafka_message_t*> batch_;  // owned; the last Poll's records point into it
};

}  // namespace

absl::StatusOr<std::unique_ptr<Source>> OpenKafkaSource(const KafkaOptions& options,
                                                        const std::string& topic,
                                                        const std::vector<PartitionOffset>& from) {
  if (absl::Status status = CheckAssignment(from); !status.ok()) return status;
  absl::StatusOr<KafkaConf> conf = MakeKafkaConf(options, ConsumerSettings(options));
  if (!conf.ok()) return conf.status();
  auto failure = std::make_unique<FailureNote>();
  rd_kafka_conf_set_opaque(conf->get(), failure.get());
  rd_kafka_conf_set_error_cb(conf->get(), &FailureNote::OnError);
  absl::StatusOr<KafkaClient> client = MakeKafkaClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (!client.ok()) return client.status();

  auto source = std::make_unique<KafkaSource>(std::move(failure), *std::move(client), topic);
  for (const PartitionOffset& at : from) {
    if (absl::Status status = source->Start(at); !status.ok()) return status;
  }
  return source;
}

}  // namespace shelf
