#include "loop/checkpoint.h"

#include <algorithm>

#include "base/bytes.h"
#include "state/reservation_rows.h"
#include "state/rows.h"

namespace shelf {
namespace {

void PutStores(const std::vector<StoreId>& stores, ByteWriter& writer) {
  writer.Put(static_cast<uint32_t>(stores.size()));
  for (const StoreId store : stores) writer.Put(store.value);
}

void PutRules(const Partition& partition, ByteWriter& writer) {
  writer.PutString(partition.rules->set->hash());
  writer.Put(partition.rules_since.ms);
  writer.Put(partition.rules_epoch);
  PutStores(partition.sweeps.First(), writer);
  PutStores(partition.sweeps.Last(), writer);
}

}  // namespace

void CheckpointGatherer::Gather(const CheckpointMeta& meta, const OutputTopics& topics,
                                ReferenceDelta& reference, CheckpointBatch& batch) {
  GatherNames(batch);
  GatherMeta(meta, topics, batch);
  GatherChannels(batch);
  world_.history.Gather(batch);
  GatherPartitions(batch);
  GatherStores(batch);
  GatherPositions(batch);
  for (const auto& [key, value] : reference) {
    if (value.has_value()) {
      batch.Put(TextKey(RowKind::kReference, key), *value);
    } else {
      batch.Delete(TextKey(RowKind::kReference, key));
    }
  }
  reference.clear();
}

void CheckpointGatherer::Restored() {
  store_names_saved_ = world_.store_names.size();
  sku_names_saved_ = world_.sku_names.size();
}

void CheckpointGatherer::GatherNames(CheckpointBatch& batch) {
  for (uint32_t& n = store_names_saved_; n < world_.store_names.size(); ++n) {
    batch.Put(NumberKey(RowKind::kStoreName, n), world_.store_names.Text(StoreId(n)));
  }
  for (uint32_t& n = sku_names_saved_; n < world_.sku_names.size(); ++n) {
    batch.Put(NumberKey(RowKind::kSkuName, n), world_.sku_names.Text(SkuId(n)));
  }
}

void CheckpointGatherer::GatherMeta(const CheckpointMeta& meta, const OutputTopics& topics,
                                    CheckpointBatch& batch) {
  row_.clear();
  ByteWriter writer(row_);
  writer.Put(kFormatVersion);
  writer.Put(meta.partitions_total);
  writer.Put(meta.incarnation);
  writer.Put(meta.reference_next);
  writer.Put(static_cast<uint32_t>(meta.outputs.size()));
  for (const auto& [output, offset] : meta.outputs) {
    writer.PutString(topics.at(output.first));
    writer.Put(output.second);
    writer.Put(offset);
  }
  batch.Put(TextKey(RowKind::kMeta, "checkpoint"), row_);
}

void CheckpointGatherer::GatherChannels(CheckpointBatch& batch) {
  row_.clear();
  ByteWriter writer(row_);
  const std::vector<std::string>& channels = world_.channel_names;
  writer.Put(static_cast<uint8_t>(kChannelForms | channels.size()));
  for (size_t c = 0; c < channels.size(); ++c) {
    writer.PutString(channels[c]);
    writer.PutString(world_.channel_topics[c]);
    writer.Put(static_cast<uint8_t>(world_.channel_json[c]));
  }
  batch.Put(TextKey(RowKind::kMeta, "channels"), row_);
}

void CheckpointGatherer::GatherPartitions(CheckpointBatch& batch) {
  for (const auto& partition : world_.partitions) {
    if (partition == nullptr) continue;
    row_.clear();
    ByteWriter writer(row_);
    writer.Put(partition->next_offset);
    writer.Put(partition->now.ms);
    writer.Put(static_cast<uint8_t>(kPartitionRules | (partition->time_known ? kTimeKnown : 0)));
    writer.Put(partition->reference_offset);
    writer.Put(static_cast<uint32_t>(partition->deaf.size()));
    for (const DeafStretch& stretch : partition->deaf) {
      writer.Put(stretch.from.ms);
      writer.Put(stretch.to.ms);
    }
    // Keys that wait to be said again have no slot to carry their mark.
    writer.Put(static_cast<uint32_t>(partition->say_again.size()));
    for (const KeyNames& key : partition->say_again) {
      writer.PutString(key.channel);
      writer.PutString(key.store);
      writer.PutString(key.sku);
    }
    PutRules(*partition, writer);
    if (partition->lost_in.has_value()) {
      writer.Put(*partition->lost_in);
      writer.Put(partition->lost_until.ms);
    }
    batch.Put(NumberKey(RowKind::kPartition, static_cast<uint32_t>(partition->id)), row_);
  }
}

void CheckpointGatherer::GatherStores(CheckpointBatch& batch) {
  for (const StoreId id : world_.dirty_stores) {
    Store& store = world_.StoreOf(id);
    store.dirty = false;
    GatherRing(store, batch);
    GatherDocuments(store.state, world_.positions, batch);
    row_.clear();
    EncodeStore({.partition = store.partition,
                 .ring_first = store.state.ring.first(),
                 .ring_complete_after = store.state.ring.complete_after()},
                store.state, row_);
    batch.Put(NumberKey(RowKind::kStore, id.value), row_);
  }
  world_.dirty_stores.clear();
}

void CheckpointGatherer::GatherRing(Store& store, CheckpointBatch& batch) {
  const MovementRing& ring = store.state.ring;
  const uint32_t id = store.state.id.value;
  const uint32_t kept_block = ring.first() / kBlockMovements;
  for (uint32_t block = store.ring_saved_first / kBlockMovements; block < kept_block; ++block) {
    batch.Delete(NumberKey(RowKind::kMovements, id, block));
  }
  store.ring_saved_first = ring.first();
  if (store.ring_saved_next == ring.next()) return;
  const uint32_t from = std::max(store.ring_saved_next, ring.first());
  for (uint32_t block = from / kBlockMovements; block * kBlockMovements < ring.next(); ++block) {
    row_.clear();
    EncodeBlock(ring, block, row_);
    batch.Put(NumberKey(RowKind::kMovements, id, block), row_);
  }
  store.ring_saved_next = ring.next();
}

void CheckpointGatherer::GatherPositions(CheckpointBatch& batch) {
  PositionRow row;
  row.slots.resize(static_cast<size_t>(world_.positions.channels()));
  for (const PositionId id : world_.positions.TakeDirty()) {
    row.position = world_.positions[id];
    if (row.position.Has(Position::kNilPick)) {
      row.nil_pick_ms = world_.StoreOf(id).state.nil_picks.at(id);
    }
    if (row.position.Has(Position::kCountHeld)) {
      row.count_hold = world_.StoreOf(id).state.count_holds.at(id);
    }
    if (row.position.Has(Position::kEarlyDropped)) {
      row.early_drop = world_.StoreOf(id).state.early_drops.at(id);
    }
    for (size_t c = 0; c < row.slots.size(); ++c) {
      const Slot slot = world_.positions.SlotOf(id, ChannelId(static_cast<uint16_t>(c)));
      row.slots[c] = {slot.sellable, slot.flags};
    }
    row.rises_held.clear();
    if (row.position.Has(Position::kRiseHeld)) {
      const SteadyHolds& holds = world_.StoreOf(id).state.steady_holds;
      for (const auto& [channel, hold] : holds.Of(id, world_.positions.channels())) {
        row.rises_held.emplace_back(static_cast<uint8_t>(channel.value), hold);
      }
    }
    row_.clear();
    EncodePosition(row, row_);
    batch.Put(NumberKey(RowKind::kPosition, row.position.store.value, row.position.sku.value),
              row_);
  }
}

}  // namespace shelf
