// The rises of a store's keys that wait until they have held long enough. Positions that have one
// carry Position::kRiseHeld, so that all others cost nothing.
// THREAD: one owner; no locks.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/ids.h"
#include "base/steady_hold.h"
#include "position/position_table.h"

namespace shelf {

class SteadyHolds {
 public:
  // nullopt: nothing of the key waits.
  std::optional<SteadyHold> Find(PositionId position, ChannelId channel) const;
  // Puts the key's hold to `hold`, and keeps the flag. True when that changed something.
  bool Set(PositionId position, ChannelId channel, const std::optional<SteadyHold>& hold,
           PositionTable& positions);

  // Nothing of the position waits any more.
  void Forget(PositionId position, PositionTable& positions);

  // Channel and hold of a position, by channel.
  std::vector<std::pair<ChannelId, SteadyHold>> Of(PositionId position, int channels) const;
  // All holds begin anew at `now`: what happened since is not known.
  void BeginAnew(PartitionTime now, PositionTable& positions);

  size_t size() const { return holds_.size(); }
  size_t bytes() const { return holds_.capacity() * (sizeof(Key) + sizeof(SteadyHold) + 1); }

 private:
  struct Key {
    PositionId position;
    ChannelId channel;
    friend bool operator==(const Key&, const Key&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.position, key.channel);
    }
  };
  bool HasAny(PositionId position, int channels) const;

  absl::flat_hash_map<Key, SteadyHold> holds_;
};

}  // namespace shelf
