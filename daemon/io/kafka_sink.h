// A Sink over one idempotent producer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/kafka_options.h"
#include "io/sink.h"

namespace shelf {

// Records are kept and retried for as long as an outage lasts; there is no time limit. When
// librdkafka gives the producer up (a fatal error), everything unacknowledged comes back from Drain
// as failed and a new producer takes its place: at once, or a second later when that one's
// predecessor had just failed too (until then nothing is taken).
//
// Codes of a failed Delivery: InvalidArgument: this record can never be sent (too large), do not
// try again; NotFound: no such topic or partition; PermissionDenied; Aborted: the producer was
// replaced, the record may or may not be in the log; Unavailable, Internal: the rest.
//
// An empty value is sent as an empty value, never as a tombstone. A key without data() is null.
//
// THREAD: all calls from one thread; delivery reports are served there too, inside Drain and Flush.
class KafkaSink final : public Sink {
 public:
  // Topics may share a name. Does not wait for a broker. InvalidArgument: an option that librdkafka
  // refuses, or a topic listed twice.
  static absl::StatusOr<std::unique_ptr<KafkaSink>> Open(const KafkaOptions& options,
                                                         const std::vector<TopicName>& topics);

  // What is not acknowledged by now is dropped: Flush first.
  ~KafkaSink() override;

  // `record.topic` must be one of those opened.
  bool TrySend(const OutRecord& record) override;
  void Drain(int wait_ms, std::vector<Delivery>& out) override;

  // Sends without lingering until everything has been acknowledged or has failed; the deliveries
  // wait for the next Drain. DeadlineExceeded: some are still on their way.
  absl::Status Flush(int timeout_ms);

  // Records taken whose delivery Drain has not handed out yet.
  size_t in_flight() const;

  // How often a fatal error cost the producer its life, and the last one's words.
  uint64_t producer_restarts() const { return producer_restarts_; }
  const std::string& last_fatal_error() const { return last_fatal_error_; }

 private:
  class Producer;  // one rd_kafka_t and its topic handles
  struct Ledger;   // what was sent and not yet handed out

  KafkaSink();

  // Where the producer failed for good: fails what it still had, and makes a new one.
  void ReplaceProducerIfDead();
  void BuryProducer(std::string fatal_error);

  // Constant after construction.
  KafkaOptions options_;
  std::vector<TopicName> topics_;

  std::unique_ptr<Ledger> ledger_;      // outlives producer_, whose reports end there
  std::unique_ptr<Producer> producer_;  // null when a replacement could not be made yet
  uint64_t producer_restarts_ = 0;
  std::string last_fatal_error_;
  std::optional<std::chrono::steady_clock::time_point> last_death_;
};

}  // namespace shelf
