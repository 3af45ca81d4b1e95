// The checkpoint's rows. Byte by byte in docs/formats/checkpoint.md; kFormatVersion rises with each
// change that an older reader would misread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/steady_hold.h"
#include "base/time.h"
#include "position/position.h"
#include "position/ring.h"
#include "position/store_state.h"

namespace shelf {

// 3 and 4 added parts to rows, each announced by a bit that was 0 before: rows of 2 are rows of 4,
// and they may stand side by side.
inline constexpr uint32_t kFormatVersion = 4;
inline constexpr uint32_t kOldestFormatRead = 2;

// The store's folder inside an instance's state folder.
inline constexpr char kCheckpointFolder[] = "checkpoint";

// First byte of a key.
enum class RowKind : char {
  kStoreName = 'd',    // + store id
  kSkuName = 'k',      // + SKU id
  kReference = 'f',    // + the record's key
  kMeta = 'm',         // + name
  kPartition = 'n',    // + partition
  kPosition = 'p',     // + store id, SKU id
  kMovements = 'r',    // + store id, block number
  kStore = 's',        // + store id
  kRules = 'u',        // + number; rules_rows.h
  kPublication = 'j',  // publication_rows.h
  // reservation_rows.h
  kReservation = 'v',  // + store id, the reservation's id
  kExpected = 'x',     // + store id, the document
};

// The channels' row: a bit of its count.
inline constexpr uint8_t kChannelForms = 128;  // since format 4: each one's form
// A partition's row: bits of the byte after its time.
inline constexpr uint8_t kTimeKnown = 1;
inline constexpr uint8_t kPartitionRules = 2;  // since format 4: which rules it goes by

std::string Prefix(RowKind kind);
std::string NumberKey(RowKind kind, uint32_t number);
std::string NumberKey(RowKind kind, uint32_t first, uint32_t second);
std::string TextKey(RowKind kind, std::string_view text);
// The numbers of a key made by NumberKey.
uint32_t FirstNumber(std::string_view key);
uint32_t SecondNumber(std::string_view key);

// A position with its channels' slots.
struct PositionRow {
  Position position;          // without its timer and store links
  int64_t nil_pick_ms = 0;    // when position.Has(kNilPick)
  CountHold count_hold = {};  // when position.Has(kCountHeld)
  EarlyDrop early_drop = {};  // when position.Has(kEarlyDropped)
  struct ChannelSlot {
    uint32_t sellable = 0;
    uint8_t flags = 0;
  };
  std::vector<ChannelSlot> slots;
  // When position.Has(kRiseHeld): at least one, by the number of the channel's slot.
  std::vector<std::pair<uint8_t, SteadyHold>> rises_held = {};
};
void EncodePosition(const PositionRow& row, std::string& out);
// `row` may hold another row before. False: the bytes are no such row.
bool DecodePosition(std::string_view bytes, PositionRow& row);

// A store without its ring's movements, index and side tables.
struct StoreRow {
  int32_t partition = 0;
  uint32_t ring_first = 1;
  EventTime ring_complete_after = kBeforeAllTime;
};
void EncodeStore(const StoreRow& row, const StoreState& state, std::string& out);
bool DecodeStore(std::string_view bytes, StoreRow& row, StoreState& state);

// Movements are stored in blocks of kBlockMovements by number; a block holds those of its numbers
// that the ring held when it was written.
inline constexpr uint32_t kBlockMovements = 32;
void EncodeBlock(const MovementRing& ring, uint32_t block, std::string& out);
// Appends the block's movements, the first with the number `first`.
bool DecodeBlock(std::string_view bytes, uint32_t& first, std::vector<Movement>& movements);

}  // namespace shelf
