// What each record that was handed over and not yet answered for was sent with. The sink answers
// for the records of one partition of an output topic in the order in which they were sent, so each
// (channel, partition) has a queue whose first element is nearly always the one asked for; one that
// is answered for out of its turn is found by looking through the queue.
// THREAD: the worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "loop/outbox_key.h"
#include "state/publication_rows.h"

namespace shelf {

class PublicationsInFlight {
 public:
  struct Sent {
    OutboxKey key;  // with whether its number was said again
    Publication publication;
  };

  // `partition` is that of the key's store. Per key at most one is in flight.
  void Add(int32_t partition, const Sent& sent);
  // Takes the key's out; nothing when none is in flight.
  std::optional<Sent> Take(int32_t partition, const OutboxKey& key);

 private:
  struct Waiting {
    Sent sent;
    bool taken = false;
  };
  // A queue in a vector: it grows at its end and is moved to the front when half of it has gone.
  struct Queue {
    std::vector<Waiting> all;
    size_t first = 0;
    void DropTaken();
  };

  Queue& Of(int32_t partition, const OutboxKey& key) {
    return queues_[uint64_t{key.channel.value} << 32 | static_cast<uint32_t>(partition)];
  }

  absl::flat_hash_map<uint64_t, Queue> queues_;
};

}  // namespace shelf
