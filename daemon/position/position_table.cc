#include "position/position_table.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace shelf {

PositionId PositionTable::Add(StoreId store, SkuId sku) {
  SHELF_CHECK(size_ < PositionId::kNone - 1, "too many positions");
  if ((size_ & kChunkMask) == 0) {
    const size_t count = kChunkMask + 1;
    chunks_.push_back(Chunk{std::make_unique<Position[]>(count),
                            std::make_unique<uint32_t[]>(count * channels_),
                            std::make_unique<uint8_t[]>(count * channels_)});
  }
  const PositionId id(size_++);
  Position& position = (*this)[id];
  position.store = store;
  position.sku = sku;
  return id;
}

void PositionTable::SetChannels(int channels) {
  SHELF_CHECK(channels >= channels_, "slots are never taken away");
  const auto before = static_cast<size_t>(std::exchange(channels_, channels));
  const auto after = static_cast<size_t>(channels);
  const size_t count = kChunkMask + 1;
  for (Chunk& chunk : chunks_) {
    auto sellable = std::make_unique<uint32_t[]>(count * after);
    auto flags = std::make_unique<uint8_t[]>(count * after);
    for (size_t i = 0; i < count; ++i) {
      std::copy_n(&chunk.sellable[i * before], before, &sellable[i * after]);
      std::copy_n(&chunk.slot_flags[i * before], before, &flags[i * after]);
    }
    chunk.sellable = std::move(sellable);
    chunk.slot_flags = std::move(flags);
  }
}

std::vector<PositionId> PositionTable::TakeDirty() {
  std::vector<PositionId> taken = std::exchange(dirty_, {});
  for (const PositionId id : taken) (*this)[id].Clear(Position::kDirty);
  return taken;
}

size_t PositionTable::bytes() const {
  const size_t each = sizeof(Position) + static_cast<size_t>(channels_) * 5;
  return chunks_.size() * (each << kChunkBits) + chunks_.capacity() * sizeof(Chunk) +
         dirty_.capacity() * sizeof(PositionId);
}

size_t StoreIndex::SlotOf(SkuId sku) const {
  const uint64_t mixed = (uint64_t{sku.value} + 1) * 0x9E3779B97F4A7C15U;
  return static_cast<size_t>(((mixed >> 32) * slots_.size()) >> 32);
}

PositionId StoreIndex::Find(SkuId sku, const PositionTable& table) const {
  if (slots_.empty()) return PositionId();
  size_t at = SlotOf(sku);
  while (slots_[at] != PositionId::kNone) {
    const PositionId id(slots_[at]);
    if (table[id].sku == sku) return id;
    if (++at == slots_.size()) at = 0;
  }
  return PositionId();
}

void StoreIndex::Insert(PositionId id, const PositionTable& table) {
  if ((size_ + 1) * 5 > slots_.size() * 4) Grow(table);
  size_t at = SlotOf(table[id].sku);
  while (slots_[at] != PositionId::kNone) {
    if (++at == slots_.size()) at = 0;
  }
  slots_[at] = id.value;
  ++size_;
}

void StoreIndex::Grow(const PositionTable& table) {
  std::vector<uint32_t> old =
      std::exchange(slots_, std::vector<uint32_t>(slots_.size() * 3 / 2 + 8, PositionId::kNone));
  size_ = 0;
  for (const uint32_t slot : old) {
    if (slot != PositionId::kNone) Insert(PositionId(slot), table);
  }
}

}  // namespace shelf
