// Sends what the outbox holds, and learns from deliveries what is in the log.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/sink.h"
#include "loop/evaluator.h"
#include "loop/journal.h"
#include "loop/outbox.h"
#include "loop/output_offsets.h"
#include "loop/tag.h"
#include "loop/world.h"
#include "shelf/v1/availability.pb.h"

namespace shelf {

// Numbers every record of a process: incarnation << 40 | counter. They rise across restarts and
// lost disks without a clock, because each start has a higher incarnation.
class Versions {
 public:
  explicit Versions(uint64_t incarnation) : base_(incarnation << 40) {}
  uint64_t Next() { return base_ | ++counter_; }
  uint64_t incarnation() const { return base_ >> 40; }

 private:
  uint64_t base_;
  uint64_t counter_ = 0;
};

struct OutputRoute {
  Topic topic = Topic::kAvailability;
  bool json = false;  // canonical proto3 JSON instead of Protobuf
};

class Publisher {
 public:
  // Borrows all, which outlive it. `outputs` by ChannelId. At most `in_flight_max` records wait for
  // their acknowledgement, so that a burst of changes of one key conflates here and not in
  // librdkafka's queue. `keeps_journal`: what was published when can be asked for.
  Publisher(World& world, Evaluator& evaluator, Outbox& outbox, Sink& sink, Versions& versions,
            std::vector<OutputRoute> outputs, size_t in_flight_max, bool keeps_journal);

  // The route of the next ChannelId.
  void AddRoute(const OutputRoute& route) { outputs_.push_back(route); }

  // Sends until the outbox is empty or the sink takes no more. How many were sent.
  size_t Flush();
  // The delivery of one availability record.
  void Delivered(const Delivery& delivery);

  // Where our records are in the output partitions, and where somebody else's must be.
  const OutputOffsets& offsets() const { return offsets_; }
  OutputOffsets& offsets() { return offsets_; }
  const Journal& journal() const { return journal_; }
  Journal& journal() { return journal_; }
  uint64_t published() const { return published_; }

 private:
  void Renew(const OutboxKey& key);
  bool Send(const OutboxKey& key);
  void Fill(const OutboxKey& key, v1::Availability& record);
  void FillTrace(const OutboxKey& key, const Decision& decision, v1::Trace& trace);
  void NoteSent(const OutboxKey& key);
  void Encode(const v1::Availability& record, bool json);

  World& world_;
  Evaluator& evaluator_;
  Outbox& outbox_;
  Sink& sink_;
  Versions& versions_;
  std::vector<OutputRoute> outputs_;
  const size_t in_flight_max_;
  OutputOffsets offsets_;
  Journal journal_;
  uint64_t published_ = 0;
  v1::Availability record_;  // reused
  std::string key_, value_;  // reused
};

}  // namespace shelf
