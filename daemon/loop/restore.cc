#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/failpoint.h"
#include "loop/checkpoint.h"
#include "position/early_drops.h"
#include "position/watermark.h"
#include "state/reservation_rows.h"
#include "state/rows.h"

namespace shelf {
namespace {

absl::Status Unreadable(std::string_view key) {
  return absl::DataLossError(absl::StrCat(
      "checkpoint row ", absl::CHexEscape(absl::string_view(key.data(), key.size())),
      " cannot be read: restore a backup, or move the state folder away to build it from the log"));
}

// Bytes of keys with one number, and with two.
constexpr size_t kNumberKeyBytes = 1 + sizeof(uint32_t);
constexpr size_t kNumbersKeyBytes = kNumberKeyBytes + sizeof(uint32_t);

class Restorer {
 public:
  Restorer(CheckpointStore& store, World& world) : store_(store), world_(world) {}

  absl::Status Run() {
    for (const auto step : {&Restorer::Channels, &Restorer::Rules, &Restorer::Names,
                            &Restorer::Partitions, &Restorer::Reference, &Restorer::Stores,
                            &Restorer::Rings, &Restorer::Positions, &Restorer::Documents}) {
      if (absl::Status status = (this->*step)(); !status.ok()) return status;
      SHELF_FAILPOINT("restored-rows");
    }
    for (Store& store : world_.stores) {
      DropBeyondBound(store.state, world_.positions);
      RebuildEarly(store.state);
    }
    RewriteMovedSlots();
    return absl::OkStatus();
  }

 private:
  using Visit = std::function<absl::Status(std::string_view, std::string_view)>;
  absl::Status Each(RowKind kind, const Visit& visit) { return store_.Scan(Prefix(kind), visit); }

  // What rows tell by number is there.
  bool IsPartition(uint32_t id) const {
    return id < static_cast<uint32_t>(world_.options.partitions_total);
  }
  bool IsUsable(const StoreRow& row, const StoreState& state) const {
    const auto& wanted = state.counts_wanted;
    return IsPartition(static_cast<uint32_t>(row.partition)) && row.ring_first > 0 &&
           std::all_of(wanted.begin(), wanted.end(), [this](const CountWanted& count) {
             return count.sku.value < world_.sku_names.size();
           });
  }
  bool IsUsable(const Movement& movement, const StoreState& state) const {
    return movement.sku.value < world_.sku_names.size() && movement.source < state.sources.size();
  }
  bool AreStores(const std::vector<StoreId>& stores) const {
    return std::all_of(stores.begin(), stores.end(),
                       [this](StoreId id) { return id.value < world_.store_names.size(); });
  }

  // Which channel of today a stored slot belongs to.
  absl::Status Channels() {
    const absl::StatusOr<std::vector<SavedChannel>> channels = ReadChannels(store_);
    if (!channels.ok()) return channels.status();
    for (const SavedChannel& saved : *channels) {
      SlotChannel& slot = slots_.emplace_back();
      slot.channel = world_.ChannelNamed(saved.name);
      slot.moved = slot.channel.valid() && world_.channel_topics[slot.channel.value] != saved.topic;
      if (!slot.moved) continue;
      world_.moved_channels.push_back(
          {saved.name, saved.topic, world_.channel_topics[slot.channel.value]});
    }
    return absl::OkStatus();
  }

  // Rows keep their slots in the order that the channels row tells: when that changes, all rows
  // must be written with it.
  void RewriteMovedSlots() {
    bool same = slots_.size() == world_.channel_names.size();
    for (size_t s = 0; s < slots_.size(); ++s) same = same && slots_[s].channel.value == s;
    if (same) return;
    for (uint32_t id = 0; id < world_.positions.size(); ++id) {
      world_.positions.MarkDirty(PositionId(id));
    }
  }

  absl::Status Names() {
    absl::Status status =
        Each(RowKind::kStoreName, [&](std::string_view key, std::string_view value) {
          const bool in_order = key.size() == kNumberKeyBytes &&
                                world_.store_names.Intern(value).value == FirstNumber(key);
          return in_order ? absl::OkStatus() : Unreadable(key);
        });
    if (!status.ok()) return status;
    return Each(RowKind::kSkuName, [&](std::string_view key, std::string_view value) {
      const bool in_order =
          key.size() == kNumberKeyBytes && world_.sku_names.Intern(value).value == FirstNumber(key);
      return in_order ? absl::OkStatus() : Unreadable(key);
    });
  }

  absl::Status Partitions() {
    return Each(RowKind::kPartition, [&](std::string_view key, std::string_view value) {
      if (key.size() != kNumberKeyBytes || !IsPartition(FirstNumber(key))) return Unreadable(key);
      ByteReader reader(value);
      Partition& partition = world_.AddPartition(static_cast<int32_t>(FirstNumber(key)));
      partition.next_offset = reader.Get<int64_t>();
      partition.now.ms = reader.Get<int64_t>();
      const auto bits = reader.Get<uint8_t>();
      partition.time_known = (bits & kTimeKnown) != 0;
      partition.reference_offset = reader.Get<int64_t>();
      for (auto n = reader.Get<uint32_t>(); n > 0 && reader.ok(); --n) {
        DeafStretch& stretch = partition.deaf.emplace_back();
        stretch.from.ms = reader.Get<int64_t>();
        stretch.to.ms = reader.Get<int64_t>();
      }
      for (auto n = reader.Get<uint32_t>(); n > 0 && reader.ok(); --n) {
        KeyNames& names = partition.say_again.emplace_back();
        names.channel = std::string(reader.GetString());
        names.store = std::string(reader.GetString());
        names.sku = std::string(reader.GetString());
      }
      if ((bits & kPartitionRules) != 0 && !ReadRules(reader, partition)) return Unreadable(key);
      if (reader.ok() && !reader.done()) {
        partition.lost_in = reader.Get<uint64_t>();
        partition.lost_until.ms = reader.Get<int64_t>();
      }
      return reader.done() ? absl::OkStatus() : Unreadable(key);
    });
  }

  // A set that cannot be used any more gives way to the newest. False: it names stores that are
  // none.
  bool ReadRules(ByteReader& reader, Partition& partition) {
    const std::shared_ptr<RulesInForce> rules = world_.FindRules(reader.GetString());
    if (rules != nullptr) partition.rules = rules;
    partition.rules_since.ms = reader.Get<int64_t>();
    partition.rules_epoch = reader.Get<uint64_t>();
    const auto read_stores = [&] {
      std::vector<StoreId> stores;
      for (auto n = reader.Get<uint32_t>(); n > 0 && reader.ok(); --n) {
        stores.emplace_back(reader.Get<uint32_t>());
      }
      return stores;
    };
    const std::vector<StoreId> first = read_stores();
    const std::vector<StoreId> last = read_stores();
    if (!AreStores(first) || !AreStores(last)) return false;
    partition.sweeps.Restore(first, last, {.kind = CauseKind::kStart});
    return true;
  }

  absl::Status Rules() {
    absl::StatusOr<RulesHistory> history = RulesHistory::Read(store_);
    if (!history.ok()) return history.status();
    world_.history = *std::move(history);
    return absl::OkStatus();
  }

  absl::Status Reference() {
    return Each(RowKind::kReference, [&](std::string_view key, std::string_view value) {
      const auto change = world_.reference.Apply(key.substr(1), value);
      if (!change.ok()) return Unreadable(key);
      if (change->kind == ReferenceChange::Kind::kListing) listings_.push_back(*change);
      return absl::OkStatus();
    });
  }

  absl::Status Stores() {
    absl::Status status = Each(RowKind::kStore, [&](std::string_view key, std::string_view value) {
      const StoreId id(FirstNumber(key));
      const bool next = key.size() == kNumberKeyBytes && id.value == world_.stores.size() &&
                        id.value < world_.store_names.size();
      if (!next) return Unreadable(key);
      Store& store = world_.stores.emplace_back(id, world_.options.ring_bytes_max_per_store);
      StoreRow row;
      if (!DecodeStore(value, row, store.state) || !IsUsable(row, store.state)) {
        return Unreadable(key);
      }
      store.partition = row.partition;
      store.state.ring.Restore(row.ring_first, row.ring_complete_after);
      store.ring_saved_first = row.ring_first;
      store.requests.resize(store.state.sources.size());
      Partition& partition = world_.AddPartition(row.partition);
      partition.stores.push_back(id);
      for (SourceState& source : store.state.sources) {
        if (partition.lost_in.has_value() && source.sequence.epoch() == 0) {
          source.sequence.BeginWhereHeard();
        }
      }
      ResolveStore(world_, store);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    if (status = EachNameHasItsStore(); !status.ok()) return status;
    ResolveStops(world_);
    for (const ReferenceChange& change : listings_) NoteListing(world_, change);
    return absl::OkStatus();
  }

  absl::Status EachNameHasItsStore() const {
    const auto stores = static_cast<uint32_t>(world_.stores.size());
    if (world_.store_names.size() == stores) return absl::OkStatus();
    return Unreadable(NumberKey(RowKind::kStore, stores));
  }

  absl::Status Rings() {
    return Each(RowKind::kMovements, [&](std::string_view key, std::string_view value) {
      const StoreId id(FirstNumber(key));
      if (id.value >= world_.stores.size() || key.size() != kNumbersKeyBytes) {
        return Unreadable(key);
      }
      Store& store = world_.StoreOf(id);
      uint32_t number = 0;
      std::vector<Movement> movements;
      if (!DecodeBlock(value, number, movements) || number / kBlockMovements != SecondNumber(key)) {
        return Unreadable(key);
      }
      for (const Movement& movement : movements) {
        if (!IsUsable(movement, store.state)) return Unreadable(key);
        // A block may still hold movements that were dropped since.
        if (number++ == store.state.ring.next()) store.state.ring.RestorePush(movement);
      }
      store.ring_saved_next = store.state.ring.next();
      return absl::OkStatus();
    });
  }

  absl::Status Positions() {
    PositionRow row;
    return Each(RowKind::kPosition, [&](std::string_view key, std::string_view value) {
      if (key.size() != kNumbersKeyBytes) return Unreadable(key);
      const StoreId store_id(FirstNumber(key));
      const SkuId sku(SecondNumber(key));
      row = PositionRow{};
      if (store_id.value >= world_.stores.size() || sku.value >= world_.sku_names.size() ||
          !DecodePosition(value, row)) {
        return Unreadable(key);
      }
      Store& store = world_.StoreOf(store_id);
      const PositionId id = world_.positions.Add(store_id, sku);
      row.position.store = store_id;
      row.position.sku = sku;
      world_.positions[id] = row.position;
      store.state.index.Insert(id, world_.positions);
      if (row.position.Has(Position::kNilPick)) store.state.nil_picks[id] = row.nil_pick_ms;
      if (row.position.Has(Position::kCountHeld)) store.state.count_holds[id] = row.count_hold;
      if (row.position.Has(Position::kEarlyDropped)) {
        RestoreEarlyDrop(id, row.early_drop, store.state);
      }
      RestoreSlots(row, id, store);
      RestoreRises(row, id, store);
      return absl::OkStatus();
    });
  }

  void RestoreSlots(const PositionRow& row, PositionId id, Store& store) {
    for (size_t s = 0; s < row.slots.size() && s < slots_.size(); ++s) {
      const SlotChannel& saved = slots_[s];
      if (!saved.channel.valid()) continue;
      const Slot slot = world_.positions.SlotOf(id, saved.channel);
      slot.sellable = row.slots[s].sellable;
      slot.flags = row.slots[s].flags;
      const bool again =
          slot.Has(SlotFlags::kUnacknowledged) || (saved.moved && slot.Has(SlotFlags::kPublished));
      slot.Clear(SlotFlags::kVolatile);
      if (!again) continue;
      world_.PartitionOf(store).say_again.push_back(
          {world_.channel_names[saved.channel.value],
           std::string(world_.store_names.Text(store.state.id)),
           std::string(world_.sku_names.Text(world_.positions[id].sku))});
    }
  }

  // Those of channels that are gone are forgotten.
  void RestoreRises(const PositionRow& row, PositionId id, Store& store) {
    world_.positions[id].Clear(Position::kRiseHeld);
    for (const auto& [s, hold] : row.rises_held) {
      if (s >= slots_.size() || !slots_[s].channel.valid()) continue;
      store.state.steady_holds.Set(id, slots_[s].channel, hold, world_.positions);
    }
  }

  // After the positions that they hold.
  absl::Status Documents() {
    absl::Status status = Each(RowKind::kReservation, [&](std::string_view key, auto value) {
      return RestoreDocumentRow(key, value);
    });
    if (!status.ok()) return status;
    return Each(RowKind::kExpected,
                [&](std::string_view key, auto value) { return RestoreDocumentRow(key, value); });
  }

  absl::Status RestoreDocumentRow(std::string_view key, std::string_view value) {
    const StoreId id(FirstNumber(key));
    if (id.value >= world_.stores.size() || key.size() <= kNumberKeyBytes) return Unreadable(key);
    Store& store = world_.StoreOf(id);
    const Partition& partition = world_.PartitionOf(store);
    std::vector<PositionId> touched;
    ApplyContext context{.positions = world_.positions,
                         .skus = world_.sku_names,
                         .now = partition.now,
                         .time_known = partition.time_known,
                         .touched = touched};
    return RestoreDocument(key, value, store.state, context) ? absl::OkStatus() : Unreadable(key);
  }

  CheckpointStore& store_;
  World& world_;
  struct SlotChannel {
    ChannelId channel;   // of today; invalid: the channel is gone
    bool moved = false;  // it writes to another topic now
  };
  std::vector<SlotChannel> slots_;  // by stored slot
  std::vector<ReferenceChange> listings_;
};

}  // namespace

absl::StatusOr<CheckpointMeta> ReadMeta(CheckpointStore& store, const OutputTopics& topics) {
  CheckpointMeta meta;
  const absl::Status status = store.Scan(
      TextKey(RowKind::kMeta, "checkpoint"), [&](std::string_view key, std::string_view value) {
        ByteReader reader(value);
        const auto version = reader.Get<uint32_t>();
        if (version < kOldestFormatRead || version > kFormatVersion) {
          return absl::FailedPreconditionError(absl::StrCat(
              "the state is of format ", version, ", this shelfd reads ", kOldestFormatRead, " to ",
              kFormatVersion,
              version > kFormatVersion ? ": use the newer shelfd"
                                       : ": start with an empty state folder, from the log"));
        }
        meta.partitions_total = reader.Get<int32_t>();
        meta.incarnation = reader.Get<uint64_t>();
        meta.has_incarnation = true;
        meta.reference_next = reader.Get<int64_t>();
        for (auto n = reader.Get<uint32_t>(); n > 0 && reader.ok(); --n) {
          const std::string_view name = reader.GetString();
          const auto partition = reader.Get<int32_t>();
          const auto next = reader.Get<int64_t>();
          for (const auto& [topic, topic_name] : topics) {
            if (topic_name == name) meta.outputs[{topic, partition}] = next;
          }
        }
        return reader.done() ? absl::OkStatus() : Unreadable(key);
      });
  if (!status.ok()) return status;
  return meta;
}

absl::StatusOr<std::vector<SavedChannel>> ReadChannels(CheckpointStore& store) {
  std::vector<SavedChannel> channels;
  const absl::Status status = store.Scan(
      TextKey(RowKind::kMeta, "channels"), [&](std::string_view key, std::string_view value) {
        ByteReader reader(value);
        const auto count = reader.Get<uint8_t>();
        channels.resize(count & ~kChannelForms);
        for (SavedChannel& channel : channels) {
          channel.name = std::string(reader.GetString());
          channel.topic = std::string(reader.GetString());
          if ((count & kChannelForms) != 0) channel.json = reader.Get<uint8_t>() != 0;
        }
        return reader.done() ? absl::OkStatus() : Unreadable(key);
      });
  if (!status.ok()) return status;
  return channels;
}

absl::Status RestoreWorld(CheckpointStore& store, World& world) {
  return Restorer(store, world).Run();
}

}  // namespace shelf
