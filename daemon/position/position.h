// The state of one (store, SKU): one cache line, no pointers, no heap of its own. What a position
// rarely has lies in side tables of its StoreState; what a channel has of it lies beside it in the
// PositionTable.
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "base/time.h"

namespace shelf {

// The last absolute statement about a position that holds.
enum class AnchorKind : uint8_t {
  kNone,   // never counted, never in a list: on-hand is the sum of all movements
  kCount,  // physical: covers every source through its time
  kBook,   // a line of the book's list: covers the book by sequence, early sources by its time
};

struct alignas(64) Position {
  // Signed, never clamped: anchor + book deltas after it + early deltas beyond max(anchor, Tb).
  int64_t on_hand_milli = 0;
  // Count: its event time. Book list: what the list is complete through. kNone: unused.
  int64_t anchor_time_ms = 0;
  StoreId store;
  SkuId sku;
  // Place of the anchor in its source's order (low 32 bits), and which source and epoch that was.
  uint32_t anchor_sequence = 0;
  uint8_t anchor_source = 0;
  uint8_t anchor_epoch = 0;
  AnchorKind anchor_kind = AnchorKind::kNone;
  uint8_t flags = 0;

  // Number of the newest movement of this position in the store's ring; 0 = none.
  uint32_t last_movement = 0;

  // Links and due second of the partition's timer wheel; owned by the wheel.
  uint32_t timer_next = kNoTimer;
  uint32_t timer_previous = kNoTimer;
  uint32_t timer_due_s = 0;

  // Event times (Unix seconds) of the first and last sale in the measured window, and how many
  // sales it holds: the mean time between sales is trading time (first … last) / (sales - 1).
  uint32_t first_sale_s = 0;
  uint32_t last_sale_s = 0;
  uint16_t sales = 0;
  uint16_t sale_size = 0;  // their mean, packed: see sales.h; 0 = not measured
  // The presence model keeps its business time here; its other 27 bytes lie beside the channels.
  uint32_t presence_tau = 0;

  static constexpr uint32_t kNoTimer = 0xffffffff;
  // flags
  static constexpr uint8_t kMentioned = 1;  // in the list that is being received
  static constexpr uint8_t kNilPick = 2;    // see StoreState::nil_picks
  static constexpr uint8_t kDirty = 4;      // changed since the last checkpoint was taken
  // Its answer changes when the store's watermark moves on: in Store::awaiting_watermark.
  static constexpr uint8_t kAwaitsWatermark = 8;
  static constexpr uint8_t kReserved = 16;      // StoreState::reservations holds some of it
  static constexpr uint8_t kCountHeld = 32;     // see StoreState::count_holds
  static constexpr uint8_t kEarlyDropped = 64;  // see StoreState::early_drops
  static constexpr uint8_t kRiseHeld = 128;     // a channel's rise waits: StoreState::steady_holds
  static constexpr uint8_t kDurableFlags =
      kMentioned | kNilPick | kCountHeld | kEarlyDropped | kRiseHeld;

  bool Has(uint8_t flag) const { return (flags & flag) != 0; }
  void Set(uint8_t flag) { flags = static_cast<uint8_t>(flags | flag); }
  void Clear(uint8_t flag) { flags = static_cast<uint8_t>(flags & ~flag); }
};
static_assert(sizeof(Position) == 64, "one cache line");

// A channel's view of a position: what was last decided and what became of it.
// `kQueued` and `kInFlight` together are the key's dirtiness: it is clean only when its newest
// value is acknowledged.
struct SlotFlags {
  static constexpr uint8_t kStatusMask = 3;  // shelf::Status of the last decision
  static constexpr uint8_t kPublished = 4;   // a record of this key has gone out, ever
  static constexpr uint8_t kQueued = 8;      // in the outbox
  static constexpr uint8_t kInFlight = 16;   // sent, not acknowledged
  static constexpr uint8_t kForced = 32;     // goes out even if its value is the one last sent
  static constexpr uint8_t kInFront = 64;    // waits in the outbox among the zeros
  // The log has a record of the key, and this state has decided nothing of it yet.
  static constexpr uint8_t kUndecided = 128;
  static constexpr uint8_t kUnacknowledged = kQueued | kInFlight;
  // What a restored slot forgets: its key is said again.
  static constexpr uint8_t kVolatile = kUnacknowledged | kForced | kInFront;
};

}  // namespace shelf
