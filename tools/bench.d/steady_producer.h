// A KafkaSink whose caller only wants to get rid of records: it waits where the queue is full, and
// keeps the first failure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "io/kafka_sink.h"

namespace shelf {

// THREAD: one.
class SteadyProducer {
 public:
  static absl::StatusOr<SteadyProducer> Open(const KafkaOptions& options,
                                             const std::vector<TopicName>& topics);

  // Blocks while the queue is full. After a failure records are dropped: see Flush.
  void Send(const OutRecord& record);
  // Takes what was delivered.
  void Serve(int wait_ms);
  // Until all is acknowledged; the first failure there was.
  absl::Status Flush();

  size_t in_flight() const { return sink_->in_flight(); }
  int64_t delivered() const { return delivered_; }

 private:
  explicit SteadyProducer(std::unique_ptr<KafkaSink> sink) : sink_(std::move(sink)) {}

  std::unique_ptr<KafkaSink> sink_;
  std::vector<Delivery> deliveries_;
  int64_t delivered_ = 0;
  absl::Status failure_;
};

}  // namespace shelf
