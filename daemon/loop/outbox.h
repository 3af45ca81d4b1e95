// Keys whose newest decision is not in Kafka yet. It holds keys, not values: the value is read from
// the position's slot when it is sent, so the newest is always the one that goes out. Per key at
// most one record is in flight; a change in the meantime waits for its acknowledgement.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "base/time.h"
#include "loop/outbox_key.h"
#include "loop/rise_pacer.h"
#include "position/position_table.h"

namespace shelf {

class Outbox {
 public:
  // Borrows `positions`, which outlives the outbox. `min_interval_ms`: see RisePacer.
  explicit Outbox(PositionTable& positions, std::vector<int64_t> min_interval_ms = {})
      : positions_(positions), pacer_(std::move(min_interval_ms)) {}

  // Other intervals, by ChannelId; see RisePacer.
  void SetMinIntervals(std::vector<int64_t> min_interval_ms) {
    pacer_.SetMinIntervals(std::move(min_interval_ms));
  }

  // The key's slot holds a new decision; `before` is what it held until now. It goes out unless it
  // has changed back by then to what was last sent. A drop to zero goes before all others; a rise
  // waits for its channel's min_interval.
  void Queue(const OutboxKey& key, SlotValue before);

  // The key goes out again, and at once, whatever its value: its record may not be in the log
  // (restore), or says something else that has changed.
  void Requeue(const OutboxKey& key);

  // The next key to send, zeros first; false when there is none. The key counts as in flight from
  // here on: Acknowledged or Failed must follow. `renew` is called with each key before it is
  // looked at and may Queue, that key too.
  using Renew = absl::FunctionRef<void(const OutboxKey&)>;
  bool Next(
      OutboxKey& key, Renew renew = [](const OutboxKey&) {});

  // Puts a key that Next gave and that could not be handed over back in front.
  void PutBack(const OutboxKey& key);

  // The sink has taken the record of a key that Next gave, in `partition` at its time `now`.
  void Sent(const OutboxKey& key, int32_t partition, PartitionTime now);
  // The record of the key is in the log. When the key was queued again since, it becomes sendable.
  void Acknowledged(const OutboxKey& key);
  // The record of the key, which says whether it was said again, is not in the log: its newest
  // value must go out.
  void Failed(const OutboxKey& key);

  // The partition's time has come to `now`: rises that have waited long enough become sendable.
  void Advance(int32_t partition, PartitionTime now);

  // Entries that can be sent, passed-over ones included.
  size_t waiting() const { return zeros_.size() + others_.size(); }
  // Rises that wait for their time. There are never more than keys, so no back-pressure comes of
  // them.
  size_t held() const { return pacer_.held(); }
  bool IsHeldRise(const OutboxKey& key) const { return IsHeld(key); }
  size_t in_flight() const { return in_flight_; }
  bool empty() const { return waiting() == 0 && held() == 0 && in_flight_ == 0; }

 private:
  struct Entry {
    OutboxKey key;
    SlotValue sent;  // what was last sent when the key was queued
  };
  void Push(const OutboxKey& key, SlotValue sent);
  bool TakeFrom(std::deque<Entry>& queue, Renew renew, OutboxKey& key);
  void Reconsider(const OutboxKey& key);
  void TakeCause(OutboxKey& key);
  bool IsHeld(const OutboxKey& key) const { return pacer_.Holds(key); }
  Slot SlotOf(const OutboxKey& key) { return positions_.SlotOf(key.position, key.channel); }

  PositionTable& positions_;
  // Every key that is queued, not in flight and not held has one entry; of a moved key one more,
  // which is passed over, stands in others_.
  std::deque<Entry> zeros_;
  std::deque<Entry> others_;
  // Waiting keys whose last sent value is zero: if they fall back to it, there is nothing to say.
  absl::flat_hash_set<PackedKey> risen_;
  // Keys that fell to zero while waiting among the others and moved in front.
  absl::flat_hash_set<PackedKey> moved_;
  // Keys decided again while in flight, with the value in flight.
  absl::flat_hash_map<PackedKey, SlotValue> overtaken_;
  // Of keys decided again since they were queued, what caused the newest decision.
  absl::flat_hash_map<PackedKey, Cause> causes_;
  // Forced keys whose number may never have been in the log.
  absl::flat_hash_set<PackedKey> unsaid_;
  RisePacer pacer_;
  std::vector<RisePacer::Due> due_;  // reused
  size_t in_flight_ = 0;
};

}  // namespace shelf
