// Strong types for the identities the core works with. An id is an index into an Interner and is
// meaningless outside the worker that made it; checkpoints keep the dictionary beside the rows.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace shelf {

template <typename Tag, typename Rep>
struct Id {
  using rep = Rep;
  static constexpr Rep kNone = static_cast<Rep>(-1);

  Rep value = kNone;

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  constexpr bool valid() const { return value != kNone; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value);
  }
};

using StoreId = Id<struct StoreTag, uint32_t>;
using SkuId = Id<struct SkuTag, uint32_t>;
// Position of a channel in the rule set in force, 0 … channels-1.
using ChannelId = Id<struct ChannelTag, uint16_t>;
// Index of a position in the worker's PositionTable.
using PositionId = Id<struct PositionTag, uint32_t>;

// Longest identifiers accepted from outside, in bytes.
inline constexpr size_t kStoreBytesMax = 64;
inline constexpr size_t kSkuBytesMax = 128;
inline constexpr size_t kDocumentBytesMax = 128;  // of a reservation, of expected receipts
inline constexpr size_t kChannelBytesMax = 64;

}  // namespace shelf
