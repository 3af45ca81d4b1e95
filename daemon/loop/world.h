// Everything one worker knows: the positions, stores and partitions it owns, the reference data and
// the rule set they are evaluated under. What is durable of it is written by loop/checkpoint.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/ids.h"
#include "base/interner.h"
#include "base/time.h"
#include "loop/rules_history.h"
#include "loop/rules_in_force.h"
#include "loop/sweep_queue.h"
#include "loop/timer_wheel.h"
#include "position/position_table.h"
#include "position/store_state.h"
#include "reference/reference.h"
#include "rules/rule_set.h"
#include "rules/stage.h"

namespace shelf {

inline constexpr int64_t kLagUnknownMs = INT64_MAX / 4;
// A stretch without a tick longer than this is deafness, not the stores' silence.
inline constexpr int64_t kDeafAfterMs = 10'000;
// How long after its end a deaf stretch is still left out of the lag of a store not heard since.
inline constexpr int64_t kDeafGraceMs = 5 * 60 * 1000;

// A request to a source's agent that repeats until what it asks for has come.
struct RequestState {
  int32_t attempts = 0;
  PartitionTime next;           // when to ask again
  uint64_t low = 0;             // what had come without a gap when it was last asked for
  PartitionTime epoch_answers;  // from when an event of an old epoch is answered again
};

// A store as the loop sees it: its state, and what follows from reference data and rules.
struct Store {
  Store(StoreId id, size_t ring_bytes_max) : state(id, ring_bytes_max) {}

  StoreState state;
  int32_t partition = 0;

  // From reference data and rules; made again by ReferenceView::Resolve.
  const StoreInfo* info = nullptr;  // null: unknown store
  uint32_t rule_class = 0;
  ChannelSet served = 0;
  absl::flat_hash_map<SkuId, ChannelSet> listings;  // only SKUs with a Listing record

  // Lag, as of its last computation. All decisions hold while it stays between the same borders.
  int64_t lag_ms = kLagUnknownMs;
  int lag_band = -1;               // number of borders below the lag; -1 = not computed
  PartitionTime lag_due = kNever;  // when the band changes by itself

  // Positions whose silence limit lies between the watermark and now: evaluated when it moves.
  std::vector<PositionId> awaiting_watermark;

  std::vector<RequestState> requests;  // by source index
  // When people were last asked to count a SKU; what is older than the pause is forgotten.
  absl::flat_hash_map<SkuId, PartitionTime> counts_asked;

  bool beacon_due = true;  // its LocationState must go out at once
  // Retired channels whose LocationState is known to be ended in the log, since our start.
  ChannelSet states_ended = 0;

  // Checkpoint bookkeeping.
  bool dirty = false;
  uint32_t ring_saved_first = 1;  // movements in the checkpoint: [first, next)
  uint32_t ring_saved_next = 1;
};

struct DeafStretch {
  PartitionTime from, to;
};

// A key of the availability topic by its names: what it names may not be a position yet.
struct KeyNames {
  std::string channel, store, sku;
  friend auto operator<=>(const KeyNames&, const KeyNames&) = default;
};

struct Partition {
  Partition(int32_t partition_id, std::shared_ptr<RulesInForce> rules_in_force,
            PositionTable& positions)
      : id(partition_id), rules(std::move(rules_in_force)), wheel(positions) {}

  const int32_t id;
  // Never null. Shared with the other partitions that go by it, and gone with the last of them.
  std::shared_ptr<RulesInForce> rules;
  PartitionTime rules_since;  // partition time of the tick that brought it; 0: from the beginning
  // Ticks of lower epochs, of a predecessor that woke up, do not take it back.
  uint64_t rules_epoch = 0;
  SweepQueue sweeps;
  int64_t next_offset = 0;  // the input record to read next
  PartitionTime now;        // the last tick consumed
  bool time_known = false;  // a tick was consumed, ever
  int64_t begun_at = 0;     // where its log ended when we began: ticks below are not ours
  // Ours came back: what is decided from here on is published.
  bool caught_up = false;
  int64_t reference_offset = -1;  // as its ticks say
  std::vector<DeafStretch> deaf;  // those that can still matter
  // The incarnation that went on without a part of the log, see loop/loss.h.
  std::optional<uint64_t> lost_in;
  PartitionTime lost_until;  // the first tick consumed after that; 0: none yet
  std::vector<StoreId> stores;
  // Keys to say again once live: unacknowledged at the checkpoint, or written after it.
  std::vector<KeyNames> say_again;
  TimerWheel wheel;
  // The input record at which the oldest of the wheel's late rises had to wait.
  int64_t late_rises_since = 0;
  PartitionTime beacon_due;  // when all its locations' states go out again

  bool live() const { return time_known && caught_up; }
};

// What evaluation needs of an item, dense by SkuId.
struct ItemFacts {
  bool known = false;
  int64_t step_milli = 1000;
  ChannelSet blocked = 0;
};

struct StopFacts {
  SkuId sku;      // invalid: every item
  StoreId store;  // invalid: every store
  bool any_sku = true;
  bool any_store = true;
  ChannelSet channels = kAllChannels;
  PartitionTime expires = kNever;
};

// A channel whose availability went to another topic at the last checkpoint than it does now.
struct MovedChannel {
  std::string channel, from, to;
};

struct WorldOptions {
  size_t ring_bytes_max_per_store = 4 << 20;
  int64_t ring_age_max_ms = 7LL * 24 * 3600 * 1000;
  // Input partitions of the topic; a store belongs to murmur2(store) % partitions.
  int32_t partitions_total = 1;
};

struct World {
  World(WorldOptions world_options, std::unique_ptr<RuleSet> rule_set);

  const WorldOptions options;
  // The newest set that was adopted: what our ticks carry. A partition goes by it from the tick on
  // that says so, see Partition::rules.
  std::shared_ptr<RulesInForce> rules;
  // All sets that were taken, with their texts.
  RulesHistory history;
  // By ChannelId: every channel of the process's life, in the order of their slots. Only grows.
  std::vector<std::string> channel_names;

  Names<StoreId> store_names;
  Names<SkuId> sku_names;
  ReferenceTables reference;
  PositionTable positions;
  std::deque<Store> stores;                            // by StoreId; addresses are stable
  std::vector<std::unique_ptr<Partition>> partitions;  // by number; null where not owned
  std::vector<ItemFacts> items;                        // by SkuId, as far as resolved
  // Those that can still hold in some partition; made again by ResolveStops, at stops_end at the
  // latest: then all partitions are past the end of one of them.
  std::vector<StopFacts> stops;
  PartitionTime stops_end = kNever;
  std::vector<std::string> channel_topics;   // where each channel's availability goes, by ChannelId
  std::vector<bool> channel_json;            // and in which form, likewise
  std::vector<MovedChannel> moved_channels;  // as found at the restore

  Store& StoreOf(StoreId id) { return stores[id.value]; }
  const Store& StoreOf(StoreId id) const { return stores[id.value]; }
  Store& StoreOf(PositionId id) { return StoreOf(positions[id].store); }
  Partition& PartitionOf(const Store& store) {
    return *partitions[static_cast<size_t>(store.partition)];
  }
  // What every owned partition's time has come to; 0 while one has none.
  PartitionTime LeastTime() const;
  // Null when the partition is not owned.
  Partition* FindPartition(int32_t id);
  // The partition, made on first call.
  Partition& AddPartition(int32_t id);
  // Null: no event or declaration of that store was met.
  Store* FindStore(std::string_view name);
  // Invalid: the store has had no event of the SKU.
  PositionId FindPosition(std::string_view store, std::string_view sku);
  // The store, made (and resolved) on first sight in `partition`.
  Store& FindOrAddStore(std::string_view name, Partition& partition);
  // Index of the source in store.state.sources, made on first sight with its role; -1 when the
  // store has 255 sources.
  int FindOrAddSource(std::string_view name, Store& store);
  const ItemFacts& ItemOf(SkuId sku);
  // The item's class under a rule set; resolved on first use (allocates).
  uint32_t ItemClassOf(RulesInForce& in_force, SkuId sku) {
    if (sku.value < in_force.item_classes.size()) {
      const uint32_t known = in_force.item_classes[sku.value];
      if (known != RulesInForce::kUnresolved) return known;
    }
    return ResolveItemClass(in_force, sku);
  }
  RulesInForce& RulesOf(const Store& store) { return *PartitionOf(store).rules; }
  RulesInForce& RulesOf(PositionId id) { return RulesOf(StoreOf(id)); }
  // The channel of that name; invalid: none.
  ChannelId ChannelNamed(std::string_view name) const;
  // Makes `in_force`, which was loaded with channel_names before it, the newest set. Its new
  // channels get their slots here, so no Slot outlives the call; O(positions) when there are any.
  void AdoptRules(std::shared_ptr<RulesInForce> in_force);
  // Gives the channels of a set that was loaded likewise their places: from here on it fits,
  // however many others come. As AdoptRules for slots and cost.
  void AddChannelsOf(const RuleSet& set);
  // Adds channels that no set knows, kChannelsMax in all at most, and makes the newest set one that
  // has them as retired. Partitions are aligned by Align. As AdoptRules for slots and cost.
  void AddRetired(const std::vector<std::string>& names);
  // The partition goes on by the same rules, with all of channel_names. As SwitchRules; false:
  // nothing was to be done.
  bool Align(Partition& partition);
  // Makes `in_force`, loaded likewise, known for good: a partition whose tick names it goes by it.
  void KnowRules(std::shared_ptr<RulesInForce> in_force);
  // The set of that hash with all of channel_names, loaded where need be (then as KnowRules); null:
  // unknown, or its text cannot be used any more.
  std::shared_ptr<RulesInForce> FindRules(std::string_view hash);
  // From here on the partition goes by the set. Its stores are resolved again, nothing is
  // evaluated.
  void SwitchRules(Partition& partition, std::shared_ptr<RulesInForce> in_force);
  // Notes that the store's row and new movements must be written with the next checkpoint.
  void MarkDirty(Store& store);
  std::vector<StoreId> dirty_stores;
  // The position's keys that were ever published are said again when its partition goes live.
  void SayLater(PositionId id);

 private:
  uint32_t ResolveItemClass(RulesInForce& in_force, SkuId sku);
  void AddChannels(std::span<const std::string> names);
  std::shared_ptr<RulesInForce> LoadRules(std::string_view hash);
  std::vector<std::shared_ptr<RulesInForce>> LoadedRules() const;

  std::vector<std::shared_ptr<RulesInForce>> known_rules_;
  std::set<std::string, std::less<>> unusable_rules_;  // hashes in the history
};

// The store's trading hours; an unknown store trades round the clock.
const Calendar& CalendarOf(const Store& store);

// reference_view.cc: what follows from reference data for stores and items.
void ResolveStore(World& world, Store& store);
void ResolveItem(World& world, SkuId sku);
void ResolveStops(World& world);
// A partition's time has moved on: lets go of the stops that no partition can see any more.
void DropExpiredStops(World& world, PartitionTime now);
// The sets of channels that items, listings and stops name, after channels were added.
void ResolveChannels(World& world);
// What records say of the store or item of a reference key beside the number: its ids on the
// channels, unit and step. A change of them alone makes its records go out again.
std::string PrintedFields(std::string_view reference_key, const ReferenceTables& tables);
// Takes a listing record over into its store's side table; the store must be known by name.
void NoteListing(World& world, const ReferenceChange& change);

}  // namespace shelf
