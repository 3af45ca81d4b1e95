// Where records go. Sending never blocks; the delivery of each record comes back through Drain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace shelf {

// What the worker writes to. A channel may have an availability topic of its own:
// kFirstChannel + channel id; the app maps each to a topic name.
enum class Topic : uint16_t {
  kStockEvents,  // ticks
  kReference,    // what operators decide
  kAvailability,
  kLocations,
  kRequests,
  kRejects,
  kStarts,
  kFirstChannel = 16,
};

// Where a Topic goes. Several may share a name.
struct TopicName {
  Topic topic = Topic::kAvailability;
  std::string name;
};

using Header = std::pair<std::string_view, std::string_view>;

struct OutRecord {
  Topic topic = Topic::kAvailability;
  int32_t partition = -1;  // -1: by murmur2 of the key
  std::string_view key;
  std::string_view value;
  absl::Span<const Header> headers;
  uint64_t tag = 0;  // comes back in Delivery
};

struct Delivery {
  Topic topic = Topic::kAvailability;
  int32_t partition = 0;
  // Where it is now; -1 when it failed, or when the broker only says that it has it already.
  int64_t offset = -1;
  uint64_t tag = 0;
  // Not ok: send the record again, unless the code is InvalidArgument (it can never be sent). Of a
  // failed record nobody knows for sure that it is not in the log: its acknowledgement may be lost.
  absl::Status status;
};

// THREAD: all calls from the owning worker's thread.
class Sink {
 public:
  virtual ~Sink() = default;

  // Takes a copy of the record. False: the queue is full, nothing was taken; Drain and try again.
  virtual bool TrySend(const OutRecord& record) = 0;

  // Appends what was delivered or failed since the last call. Per topic and partition in the
  // order of sending. Waits at most `wait_ms` for the first.
  virtual void Drain(int wait_ms, std::vector<Delivery>& out) = 0;
};

}  // namespace shelf
