// What a record sent through the Sink was, packed into the 64 bits that come back with its
// delivery.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace shelf {

enum class TagKind : uint8_t {
  kAvailability,
  kReject,
  kTick,
  kBeacon,
  kStateEnded,
  kReference,
  kOther
};

struct Tag {
  TagKind kind = TagKind::kOther;
  ChannelId channel{0};  // kAvailability, kStateEnded
  uint32_t value = 0;    // position, number of a reject or a reference record, partition or store

  uint64_t Pack() const {
    return uint64_t{static_cast<uint8_t>(kind)} << 56 | uint64_t{channel.value} << 32 | value;
  }
  static Tag Unpack(uint64_t bits) {
    return {.kind = static_cast<TagKind>(bits >> 56),
            .channel = ChannelId(static_cast<uint16_t>(bits >> 32)),
            .value = static_cast<uint32_t>(bits)};
  }
};

}  // namespace shelf
