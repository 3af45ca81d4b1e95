#include "steady_producer.h"

namespace shelf {
namespace {

constexpr int kQueueFullWaitMs = 5;
constexpr int kFlushMs = 60'000;

}  // namespace

absl::StatusOr<SteadyProducer> SteadyProducer::Open(const KafkaOptions& options,
                                                    const std::vector<TopicName>& topics) {
  auto sink = KafkaSink::Open(options, topics);
  if (!sink.ok()) return sink.status();
  return SteadyProducer(*std::move(sink));
}

void SteadyProducer::Send(const OutRecord& record) {
  while (failure_.ok() && !sink_->TrySend(record)) Serve(kQueueFullWaitMs);
}

void SteadyProducer::Serve(int wait_ms) {
  deliveries_.clear();
  sink_->Drain(wait_ms, deliveries_);
  for (Delivery& delivery : deliveries_) {
    if (delivery.status.ok()) {
      ++delivered_;
    } else if (failure_.ok()) {
      failure_ = std::move(delivery.status);
    }
  }
}

absl::Status SteadyProducer::Flush() {
  absl::Status flushed = sink_->Flush(kFlushMs);
  Serve(0);
  return failure_.ok() ? flushed : failure_;
}

}  // namespace shelf
