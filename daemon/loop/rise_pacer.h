// Spaces the rises of a key: a number above the one last sent waits until its channel's
// min_interval is over, counted in partition time from the key's last record. Whoever buys by the
// older, lower number buys nothing that is not there, so a rise can wait; a fall cannot.
//
// It remembers a key only from its last record until the interval is over, at about 60 bytes, and
// only of channels that have an interval.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/time.h"
#include "loop/outbox_key.h"

namespace shelf {

class RisePacer {
 public:
  // By ChannelId; 0, or none given: the channel's rises never wait.
  explicit RisePacer(std::vector<int64_t> min_interval_ms)
      : min_interval_ms_(std::move(min_interval_ms)) {}

  // From here on these. Keys that are held wait as long as they were told to.
  void SetMinIntervals(std::vector<int64_t> min_interval_ms) {
    min_interval_ms_ = std::move(min_interval_ms);
  }

  bool Paces(ChannelId channel) const {
    return channel.value < min_interval_ms_.size() && min_interval_ms_[channel.value] > 0;
  }

  // A record of a key, of a channel that it paces, was sent in `partition` at its time `now`.
  void Sent(const OutboxKey& key, SlotValue value, int32_t partition, PartitionTime now);

  // The same of a channel that it does not pace now: what it remembers of the key is brought up to
  // date.
  void SentUnpaced(const OutboxKey& key, SlotValue value);

  // A record that says `value` would come too early.
  bool MustWait(const OutboxKey& key, SlotValue value) const;

  // Holds a key that must wait.
  void Hold(const OutboxKey& key);
  bool Holds(const OutboxKey& key) const;
  // What was last sent of a key that is held.
  SlotValue LastSent(const OutboxKey& key) const;
  // Holds the key no more.
  void LetGo(const OutboxKey& key);

  struct Due {
    OutboxKey key;
    SlotValue sent;  // what was last sent of it
  };
  // The partition's time has come to `now`: appends the held keys whose interval is over, which
  // are not held any more, and forgets the others that it is over for.
  void Advance(int32_t partition, PartitionTime now, std::vector<Due>& due);

  size_t held() const { return held_; }
  // Keys that it remembers, the held ones included.
  size_t remembered() const { return recent_.size(); }

 private:
  struct Recent {
    OutboxKey key;  // of the newest decision while held
    SlotValue sent;
    bool held = false;
    int64_t due_ms = 0;  // partition time at which the interval is over
  };

  std::vector<int64_t> min_interval_ms_;
  absl::flat_hash_map<PackedKey, Recent> recent_;
  // By partition and time: the recent keys, each once. One that was sent again since moves on to
  // its new time when the old one has come.
  std::map<std::pair<int32_t, int64_t>, std::vector<PackedKey>> wakes_;
  size_t held_ = 0;
};

}  // namespace shelf
