#include "io/kafka_sink.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "io/kafka_client.h"

namespace shelf {
namespace {

KafkaSettings ProducerSettings(const KafkaOptions& options) {
  return {
      {"enable.idempotence", "true"},
      // No limit: the default gives a record up after five minutes of outage.
      {"message.timeout.ms", "0"},
      // Agrees with the Java clients and PartitionOf; librdkafka's own default does not.
      {"partitioner", "murmur2_random"},
      {"compression.codec", options.compression},
      {"linger.ms", absl::StrCat(options.linger_ms)},
      // The topic decides what is too large: a reject carries a whole event, and headers. The
      // default is below a broker's.
      {"message.max.bytes", "4194304"},
      {"queue.buffering.max.messages", absl::StrCat(options.queue_records_max)},
      {"queue.buffering.max.kbytes", absl::StrCat(options.queue_kbytes_max)},
  };
}

// librdkafka reads a null pointer as a tombstone.
const char* NotNull(std::string_view text) { return text.data() == nullptr ? "" : text.data(); }

rd_kafka_headers_t* MakeHeaders(absl::Span<const Header> headers) {
  rd_kafka_headers_t* made = rd_kafka_headers_new(headers.size());
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(made, NotNull(name), static_cast<ssize_t>(name.size()), NotNull(value),
                        static_cast<ssize_t>(value.size()));
  }
  return made;
}

}  // namespace

// A record in flight occupies a slot, whose number travels with it as librdkafka's opaque.
struct KafkaSink::Ledger {
  using Slot = uint32_t;

  struct Sent {
    uint64_t serial = 0;  // 0: the slot is free
    uint64_t tag = 0;
    int32_t partition = -1;
    Topic topic = Topic::kAvailability;
  };

  Slot Enter(const OutRecord& record) {
    if (free.empty()) {
      free.push_back(static_cast<Slot>(slots.size()));
      slots.emplace_back();
    }
    const Slot slot = free.back();
    free.pop_back();
    slots[slot] = {++last_serial, record.tag, record.partition, record.topic};
    return slot;
  }

  void Leave(Slot slot) {
    slots[slot].serial = 0;
    free.push_back(slot);
  }

  // `partition` < 0: it was never chosen.
  void Deliver(Slot slot, int32_t partition, int64_t offset, absl::Status status) {
    const Sent& sent = slots[slot];
    deliveries.push_back({sent.topic, partition < 0 ? sent.partition : partition,
                          status.ok() ? std::max<int64_t>(offset, -1) : -1, sent.tag,
                          std::move(status)});
    Leave(slot);
  }

  // In the order of sending.
  void FailAll(const absl::Status& status) {
    std::vector<Slot> open;
    for (Slot slot = 0; slot < slots.size(); ++slot) {
      if (slots[slot].serial != 0) open.push_back(slot);
    }
    std::sort(open.begin(), open.end(),
              [this](Slot a, Slot b) { return slots[a].serial < slots[b].serial; });
    for (const Slot slot : open) Deliver(slot, -1, -1, status);
  }

  size_t unacknowledged() const { return slots.size() - free.size(); }

  std::vector<Sent> slots;
  std::vector<Slot> free;
  uint64_t last_serial = 0;
  std::vector<Delivery> deliveries;
};

class KafkaSink::Producer {
 public:
  // Reports go to `ledger`, which must outlive the producer.
  static absl::StatusOr<std::unique_ptr<Producer>> Make(const KafkaOptions& options,
                                                        const std::vector<TopicName>& topics,
                                                        Ledger* ledger) {
    absl::StatusOr<KafkaConf> conf = MakeKafkaConf(options, ProducerSettings(options));
    if (!conf.ok()) return conf.status();
    rd_kafka_conf_set_opaque(conf->get(), ledger);
    rd_kafka_conf_set_dr_msg_cb(conf->get(), &OnReport);
    absl::StatusOr<KafkaClient> client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
    if (!client.ok()) return client.status();

    auto producer = std::make_unique<Producer>(*std::move(client));
    for (const TopicName& topic : topics) {
      if (absl::Status status = producer->AddTopic(topic); !status.ok()) return status;
    }
    return producer;
  }

  explicit Producer(KafkaClient client) : client_(std::move(client)) {}

  rd_kafka_resp_err_t Produce(const OutRecord& record, Ledger::Slot slot) {
    rd_kafka_topic_t* topic = TopicOf(record.topic);
    if (!record.headers.empty()) return ProduceWithHeaders(topic, record, slot);
    // librdkafka only reads the payload when it is told to copy it.
    const int refused = rd_kafka_produce(
        topic, record.partition, RD_KAFKA_MSG_F_COPY, const_cast<char*>(NotNull(record.value)),
        record.value.size(), record.key.data(), record.key.size(), AsOpaque(slot));
    return refused == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  }

  int Serve(int wait_ms) { return rd_kafka_poll(client_.get(), wait_ms); }

  void Flush(int timeout_ms) { rd_kafka_flush(client_.get(), timeout_ms); }

  // Takes everything back that is not acknowledged. What is not reported when it returns never
  // will be.
  void Abandon() {
    constexpr int kQuietMs = 100;
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(client_.get()) > 0 && Serve(kQuietMs) > 0) {
    }
  }

  // Empty when the producer is well.
  std::string FatalError() const {
    char why[512];
    const rd_kafka_resp_err_t error = rd_kafka_fatal_error(client_.get(), why, sizeof(why));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return "";
    return absl::StrCat(rd_kafka_err2name(error), ": ", why);
  }

 private:
  static void* AsOpaque(Ledger::Slot slot) {
    return reinterpret_cast<void*>(static_cast<uintptr_t>(slot));
  }

  static void OnReport(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    const auto slot = static_cast<Ledger::Slot>(reinterpret_cast<uintptr_t>(message->_private));
    static_cast<Ledger*>(opaque)->Deliver(slot, message->partition, message->offset,
                                          KafkaError(message->err, "not delivered"));
  }

  absl::Status AddTopic(const TopicName& topic) {
    const auto index = static_cast<size_t>(topic.topic);
    if (topics_.size() <= index) topics_.resize(index + 1);
    if (topics_[index] != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("listed twice, once as topic ", topic.name));
    }
    topics_[index] = MakeKafkaTopic(client_.get(), topic.name);
    return topics_[index] != nullptr
               ? absl::OkStatus()
               : KafkaError(rd_kafka_last_error(), absl::StrCat("topic ", topic.name));
  }

  rd_kafka_topic_t* TopicOf(Topic topic) const {
    const auto index = static_cast<size_t>(topic);
    SHELF_CHECK(index < topics_.size() && topics_[index] != nullptr, "topic was not opened");
    return topics_[index].get();
  }

  rd_kafka_resp_err_t ProduceWithHeaders(rd_kafka_topic_t* topic, const OutRecord& record,
                                         Ledger::Slot slot) {
    rd_kafka_headers_t* headers = MakeHeaders(record.headers);
    void* const key = const_cast<char*>(record.key.data());
    void* const value = const_cast<char*>(NotNull(record.value));
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u = {.rkt = topic}},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u = {.i32 = record.partition}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u = {.i = RD_KAFKA_MSG_F_COPY}},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u = {.mem = {key, record.key.size()}}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u = {.mem = {value, record.value.size()}}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u = {.headers = headers}},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u = {.ptr = AsOpaque(slot)}},
    };
    const std::unique_ptr<rd_kafka_error_t, FreedBy<rd_kafka_error_destroy>> refused(
        rd_kafka_produceva(client_.get(), parts, std::size(parts)));
    if (refused == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_headers_destroy(headers);
    return rd_kafka_error_code(refused.get());
  }

  const KafkaClient client_;
  std::vector<KafkaTopic> topics_;  // by Topic; null where none was opened
};

KafkaSink::KafkaSink() : ledger_(std::make_unique<Ledger>()) {}
KafkaSink::~KafkaSink() = default;

absl::StatusOr<std::unique_ptr<KafkaSink>> KafkaSink::Open(const KafkaOptions& options,
                                                           const std::vector<TopicName>& topics) {
  std::unique_ptr<KafkaSink> sink(new KafkaSink());
  sink->options_ = options;
  sink->topics_ = topics;
  auto producer = Producer::Make(options, topics, sink->ledger_.get());
  if (!producer.ok()) return producer.status();
  sink->producer_ = *std::move(producer);
  return sink;
}

bool KafkaSink::TrySend(const OutRecord& record) {
  if (producer_ == nullptr) return false;
  const Ledger::Slot slot = ledger_->Enter(record);
  const rd_kafka_resp_err_t error = producer_->Produce(record, slot);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
  // After a fatal error nothing is taken until Drain has replaced the producer.
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL || error == RD_KAFKA_RESP_ERR__FATAL) {
    ledger_->Leave(slot);
    return false;
  }
  ledger_->Deliver(slot, record.partition, -1, KafkaError(error, "not sent"));
  return true;
}

void KafkaSink::Drain(int wait_ms, std::vector<Delivery>& out) {
  const int patience_ms = ledger_->deliveries.empty() ? wait_ms : 0;
  if (producer_ != nullptr) {
    producer_->Serve(patience_ms);
  } else {
    // Who waits here for deliveries must not spin until there is a producer again.
    std::this_thread::sleep_for(std::chrono::milliseconds(patience_ms));
  }
  ReplaceProducerIfDead();
  out.insert(out.end(), std::make_move_iterator(ledger_->deliveries.begin()),
             std::make_move_iterator(ledger_->deliveries.end()));
  ledger_->deliveries.clear();
}

absl::Status KafkaSink::Flush(int timeout_ms) {
  if (producer_ != nullptr) producer_->Flush(timeout_ms);
  ReplaceProducerIfDead();
  if (ledger_->unacknowledged() == 0) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat(ledger_->unacknowledged(), " records are not acknowledged yet"));
}

void KafkaSink::BuryProducer(std::string fatal_error) {
  producer_->Abandon();
  producer_.reset();
  ledger_->FailAll(absl::AbortedError(fatal_error));
  last_fatal_error_ = std::move(fatal_error);
  ++producer_restarts_;
}

void KafkaSink::ReplaceProducerIfDead() {
  constexpr std::chrono::seconds kPause(1);
  const auto now = std::chrono::steady_clock::now();
  if (producer_ != nullptr) {
    std::string fatal_error = producer_->FatalError();
    if (fatal_error.empty()) return;
    BuryProducer(std::move(fatal_error));
    // One death is an accident. A cluster that kills each one would be asked without end.
    const bool again = last_death_.has_value() && now - *last_death_ < kPause;
    last_death_ = now;
    if (again) return;
  } else if (last_death_.has_value() && now - *last_death_ < kPause) {
    return;
  }
  // The same settings made one before; where it fails now (no threads left), Drain tries again.
  auto producer = Producer::Make(options_, topics_, ledger_.get());
  if (producer.ok()) producer_ = *std::move(producer);
}

size_t KafkaSink::in_flight() const {
  return ledger_->unacknowledged() + ledger_->deliveries.size();
}

}  // namespace shelf
