// What the outbox deals in: a channel's key of a position, and what a record of it says.
#pragma once

#include <cstdint>

#include "base/cause.h"
#include "base/ids.h"
#include "position/position_table.h"

namespace shelf {

struct OutboxKey {
  PositionId position;
  ChannelId channel;
  Cause cause = {};  // of the newest decision
  // Of one to send: its number has been in the log, and is said once more.
  bool again = false;
};

// The key without its cause, to look it up by.
using PackedKey = uint64_t;
inline PackedKey Pack(const OutboxKey& key) {
  return uint64_t{key.channel.value} << 32 | key.position.value;
}

// A slot's value: what a record says of it.
struct SlotValue {
  uint32_t sellable = 0;
  uint8_t status = 0;  // shelf::Status; 0: never said
  friend bool operator==(const SlotValue&, const SlotValue&) = default;
};
inline SlotValue ValueOf(const Slot& slot) {
  return {slot.sellable, static_cast<uint8_t>(slot.flags & SlotFlags::kStatusMask)};
}

}  // namespace shelf
