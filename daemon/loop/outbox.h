// Keys whose newest decision is not in Kafka yet. It holds keys, not values: the value is read from
// the position's slot when it is sent, so the newest is always the one that goes out. Per key at
// most one record is in flight; a change in the meantime waits for its acknowledgement.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <deque>

#include "base/ids.h"
#include "position/position_table.h"

namespace shelf {

struct OutboxKey {
  PositionId position;
  ChannelId channel;
  // The input that caused the decision, for the trace.
  int64_t cause_offset = 0;
};

class Outbox {
 public:
  // Borrows `positions`, which outlives the outbox.
  explicit Outbox(PositionTable& positions) : positions_(positions) {}

  // The key's slot holds a decision that must go out; a drop to zero goes before all others.
  void Queue(const OutboxKey& key, bool is_zero);

  // Restore: the key's record may not be in the log, so it goes out again whatever its value.
  void Requeue(const OutboxKey& key);

  // The next key to send, zeros first; false when there is none. The key counts as in flight from
  // here on: Acknowledged or Failed must follow.
  bool Next(OutboxKey& key);

  // Puts a key that Next gave and that could not be handed over back in front.
  void PutBack(const OutboxKey& key, bool is_zero);

  // The record of the key is in the log. When the key was queued again since, it becomes sendable.
  void Acknowledged(const OutboxKey& key);
  // The record of the key is not in the log: its newest value must go out again.
  void Failed(const OutboxKey& key);

  // Keys waiting, entries that turn out stale included.
  size_t waiting() const { return zeros_.size() + others_.size(); }
  size_t in_flight() const { return in_flight_; }
  bool empty() const { return waiting() == 0 && in_flight_ == 0; }

 private:
  bool TakeFrom(std::deque<OutboxKey>& queue, OutboxKey& key);
  Slot SlotOf(const OutboxKey& key) { return positions_.SlotOf(key.position, key.channel); }

  PositionTable& positions_;
  std::deque<OutboxKey> zeros_;
  std::deque<OutboxKey> others_;
  size_t in_flight_ = 0;
};

}  // namespace shelf
