// Keys whose newest decision is not in Kafka yet. It holds keys, not values: the value is read from
// the position's slot when it is sent, so the newest is always the one that goes out. Per key at
// most one record is in flight; a change in the meantime waits for its acknowledgement.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <deque>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/ids.h"
#include "position/position_table.h"

namespace shelf {

struct OutboxKey {
  PositionId position;
  ChannelId channel;
  // The input that caused the decision, for the trace.
  int64_t cause_offset = 0;
};

// A slot's value: what a record says of it.
struct SlotValue {
  uint32_t sellable = 0;
  uint8_t status = 0;  // shelf::Status; 0: never said
  friend bool operator==(const SlotValue&, const SlotValue&) = default;
};
inline SlotValue ValueOf(const Slot& slot) {
  return {slot.sellable, static_cast<uint8_t>(slot.flags & SlotFlags::kStatusMask)};
}

class Outbox {
 public:
  // Borrows `positions`, which outlives the outbox.
  explicit Outbox(PositionTable& positions) : positions_(positions) {}

  // The key's slot holds a new decision; `before` is what it held until now. It goes out unless it
  // has changed back by then to what was last sent. A drop to zero goes before all others.
  void Queue(const OutboxKey& key, SlotValue before);

  // The key goes out again whatever its value: its record may not be in the log (restore), or says
  // something else that has changed.
  void Requeue(const OutboxKey& key);

  // The next key to send, zeros first; false when there is none. The key counts as in flight from
  // here on: Acknowledged or Failed must follow.
  bool Next(OutboxKey& key);

  // Puts a key that Next gave and that could not be handed over back in front.
  void PutBack(const OutboxKey& key);

  // The sink has taken the record of a key that Next gave.
  void Sent(const OutboxKey& key);
  // The record of the key is in the log. When the key was queued again since, it becomes sendable.
  void Acknowledged(const OutboxKey& key);
  // The record of the key is not in the log: its newest value must go out again.
  void Failed(const OutboxKey& key);

  // Entries waiting, passed-over ones included.
  size_t waiting() const { return zeros_.size() + others_.size(); }
  size_t in_flight() const { return in_flight_; }
  bool empty() const { return waiting() == 0 && in_flight_ == 0; }

 private:
  struct Entry {
    OutboxKey key;
    SlotValue sent;  // what was last sent when the key was queued
  };
  using Packed = uint64_t;
  static Packed Pack(const OutboxKey& key) {
    return uint64_t{key.channel.value} << 32 | key.position.value;
  }

  void Push(const OutboxKey& key, SlotValue sent);
  bool TakeFrom(std::deque<Entry>& queue, OutboxKey& key);
  Slot SlotOf(const OutboxKey& key) { return positions_.SlotOf(key.position, key.channel); }

  PositionTable& positions_;
  // Every key that is queued and not in flight has one entry; of a moved key one more, which is
  // passed over, stands in others_.
  std::deque<Entry> zeros_;
  std::deque<Entry> others_;
  // Waiting keys whose last sent value is zero: if they fall back to it, there is nothing to say.
  absl::flat_hash_set<Packed> risen_;
  // Keys that fell to zero while waiting among the others and moved in front.
  absl::flat_hash_set<Packed> moved_;
  // Keys decided again while in flight, with the value in flight.
  absl::flat_hash_map<Packed, SlotValue> overtaken_;
  size_t in_flight_ = 0;
};

}  // namespace shelf
