#include "consume.h"

#include "decode/decode.h"
#include "load.h"
#include "whole_topic.h"

namespace shelf {
namespace {

constexpr int kWaitMs = 5;

struct Seen {
  int64_t events = 0;
  int64_t lines = 0;
  int64_t bytes = 0;
  uint64_t hash = 0;
};

absl::Status Take(const Record& record, Event& event, Seen& seen) {
  if (Decode(record.value, event) != RejectReason::kNone) {
    return absl::DataLossError("a record of the topic is no stock event");
  }
  ++seen.events;
  seen.lines += static_cast<int64_t>(event.lines.size());
  seen.bytes += static_cast<int64_t>(record.key.size() + record.value.size());
  for (const Line& line : event.lines) {
    seen.hash += LineHash(event.store, line.sku, line.quantity_milli);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Figures> Consume(const ConsumeOptions& options) {
  const Stopwatch watch;
  auto topic = WholeTopic::Open(options.kafka, options.topic, options.starts);
  if (!topic.ok()) return topic.status();
  Seen seen;
  Event event;
  std::vector<Record> records;
  while (!topic->done()) {
    if (absl::Status status = topic->Poll(kWaitMs, records); !status.ok()) return status;
    for (const Record& record : records) {
      if (absl::Status status = Take(record, event, seen); !status.ok()) return status;
    }
  }
  Figures figures{{"events", seen.events},
                  {"lines", seen.lines},
                  {"bytes", seen.bytes},
                  {"hash", HashText(seen.hash)}};
  watch.Tell(seen.lines, figures);
  return figures;
}

}  // namespace shelf
