// All positions of a worker: dense, in chunks that never move, so that a reference to a Position
// lives as long as the table. Beside each position lie its channels' slots.
// THREAD: one owner; no locks.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/ids.h"
#include "position/position.h"

namespace shelf {

// One channel's slot; references into the table's parallel arrays.
struct Slot {
  uint32_t& sellable;  // units of step_milli, as last decided
  uint8_t& flags;      // SlotFlags
  bool Has(uint8_t flag) const { return (flags & flag) != 0; }
  void Set(uint8_t flag) const { flags = static_cast<uint8_t>(flags | flag); }
  void Clear(uint8_t flag) const { flags = static_cast<uint8_t>(flags & ~flag); }
};

class PositionTable {
 public:
  // `channels`: slots a position, 0 … 64.
  explicit PositionTable(int channels) : channels_(channels) {}

  // A new position; all its slots 0. At most 2^32 - 2 of them.
  PositionId Add(StoreId store, SkuId sku);

  Position& operator[](PositionId id) {
    return chunks_[id.value >> kChunkBits].positions[id.value & kChunkMask];
  }
  const Position& operator[](PositionId id) const {
    return chunks_[id.value >> kChunkBits].positions[id.value & kChunkMask];
  }
  Slot SlotOf(PositionId id, ChannelId channel) {
    Chunk& chunk = chunks_[id.value >> kChunkBits];
    const size_t at = (id.value & kChunkMask) * static_cast<size_t>(channels_) + channel.value;
    return Slot{chunk.sellable[at], chunk.slot_flags[at]};
  }

  // More slots a position: those there were keep their content, new ones are 0. O(positions); no
  // Slot outlives the call.
  void SetChannels(int channels);

  // Notes that the position's row must be written with the next checkpoint.
  void MarkDirty(PositionId id) {
    Position& position = (*this)[id];
    if (position.Has(Position::kDirty)) return;
    position.Set(Position::kDirty);
    dirty_.push_back(id);
  }
  // The positions marked since the last call, each once; their marks are taken off.
  std::vector<PositionId> TakeDirty();

  uint32_t size() const { return size_; }
  int channels() const { return channels_; }
  // Bytes held, the stores' indexes not included.
  size_t bytes() const;

 private:
  static constexpr uint32_t kChunkBits = 12;
  static constexpr uint32_t kChunkMask = (1U << kChunkBits) - 1;

  struct Chunk {
    std::unique_ptr<Position[]> positions;
    std::unique_ptr<uint32_t[]> sellable;
    std::unique_ptr<uint8_t[]> slot_flags;
  };

  int channels_;
  uint32_t size_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<PositionId> dirty_;
};

// SKU to position within one store: open addressing over position ids, so an entry is 4 bytes and
// growth copies one store's index, never all positions'.
class StoreIndex {
 public:
  // The position of `sku`, or an invalid id.
  PositionId Find(SkuId sku, const PositionTable& table) const;
  // `id` must not be in the index yet.
  void Insert(PositionId id, const PositionTable& table);

  uint32_t size() const { return size_; }
  size_t bytes() const { return slots_.capacity() * sizeof(uint32_t); }

  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const uint32_t slot : slots_) {
      if (slot != PositionId::kNone) visit(PositionId(slot));
    }
  }

 private:
  size_t SlotOf(SkuId sku) const;
  void Grow(const PositionTable& table);

  std::vector<uint32_t> slots_;
  uint32_t size_ = 0;
};

}  // namespace shelf
