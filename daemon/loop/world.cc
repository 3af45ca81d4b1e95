#include "loop/world.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "loop/loss.h"

namespace shelf {

World::World(WorldOptions world_options, std::unique_ptr<RuleSet> rule_set)
    : options(world_options),
      rules(std::make_shared<RulesInForce>(std::move(rule_set))),
      positions(static_cast<int>(rules->set->channels().size())) {
  for (const ChannelRules& channel : rules->set->channels()) channel_names.push_back(channel.name);
}

Partition& World::AddPartition(int32_t id) {
  const auto at = static_cast<size_t>(id);
  if (partitions.size() <= at) partitions.resize(at + 1);
  if (partitions[at] == nullptr) partitions[at] = std::make_unique<Partition>(id, rules, positions);
  return *partitions[at];
}

PartitionTime World::LeastTime() const {
  PartitionTime least = kNever;
  for (const auto& partition : partitions) {
    if (partition != nullptr) least = std::min(least, partition->now);
  }
  return least == kNever ? PartitionTime{} : least;
}

Partition* World::FindPartition(int32_t id) {
  const auto at = static_cast<size_t>(id);
  return id >= 0 && at < partitions.size() ? partitions[at].get() : nullptr;
}

void World::MarkDirty(Store& store) {
  if (store.dirty) return;
  store.dirty = true;
  dirty_stores.push_back(store.state.id);
}

void World::SayLater(PositionId id) {
  const Position& position = positions[id];
  const std::string store(store_names.Text(position.store));
  const std::string sku(sku_names.Text(position.sku));
  for (size_t c = 0; c < channel_names.size(); ++c) {
    const Slot slot = positions.SlotOf(id, ChannelId(static_cast<uint16_t>(c)));
    if (!slot.Has(SlotFlags::kPublished)) continue;
    PartitionOf(StoreOf(id)).say_again.push_back({channel_names[c], store, sku});
  }
}

Store* World::FindStore(std::string_view name) {
  const StoreId id = store_names.Find(name);
  return id.valid() && id.value < stores.size() ? &stores[id.value] : nullptr;
}

PositionId World::FindPosition(std::string_view store, std::string_view sku) {
  const Store* const found = FindStore(store);
  const SkuId id = sku_names.Find(sku);
  return found != nullptr && id.valid() ? found->state.index.Find(id, positions) : PositionId();
}

Store& World::FindOrAddStore(std::string_view name, Partition& partition) {
  const StoreId id = store_names.Intern(name);
  if (id.value < stores.size()) return stores[id.value];
  Store& store = stores.emplace_back(id, options.ring_bytes_max_per_store);
  store.partition = partition.id;
  partition.stores.push_back(id);
  MarkDirty(store);
  ResolveStore(*this, store);
  if (partition.lost_in.has_value()) AwaitList(*this, store);
  if (!reference.stops().empty()) ResolveStops(*this);  // one of them may name this store
  return store;
}

int World::FindOrAddSource(std::string_view name, Store& store) {
  const int known = store.state.FindSource(name);
  if (known >= 0) return known;
  if (store.state.sources.size() >= 255) return -1;
  const SourceInfo info = store.info != nullptr ? store.info->Source(name) : DefaultSource(name);
  SourceState& source = store.state.sources.emplace_back();
  source.name = std::string(name);
  source.role = info.role;
  source.required = info.required;
  if (PartitionOf(store).lost_in.has_value()) source.sequence.BeginWhereHeard();
  store.requests.resize(store.state.sources.size());
  return static_cast<int>(store.state.sources.size()) - 1;
}

const ItemFacts& World::ItemOf(SkuId sku) {
  while (items.size() <= sku.value) {
    items.emplace_back();
    ResolveItem(*this, SkuId(static_cast<uint32_t>(items.size() - 1)));
  }
  return items[sku.value];
}

ChannelId World::ChannelNamed(std::string_view name) const {
  const auto found = std::find(channel_names.begin(), channel_names.end(), name);
  if (found == channel_names.end()) return ChannelId();
  return ChannelId(static_cast<uint16_t>(found - channel_names.begin()));
}

void World::AddChannelsOf(const RuleSet& set) {
  std::vector<std::string> added;
  for (size_t c = channel_names.size(); c < set.channels().size(); ++c) {
    added.push_back(set.channels()[c].name);
  }
  AddChannels(added);
}

void World::AddChannels(std::span<const std::string> names) {
  if (names.empty()) return;
  channel_names.insert(channel_names.end(), names.begin(), names.end());
  SHELF_CHECK(channel_names.size() <= static_cast<size_t>(kChannelsMax),
              "there is a place for each");
  positions.SetChannels(static_cast<int>(channel_names.size()));
  ResolveChannels(*this);
}

void World::AdoptRules(std::shared_ptr<RulesInForce> in_force) {
  SHELF_CHECK(in_force->set->channels().size() >= channel_names.size(),
              "a set is loaded with the channels before");
  AddChannelsOf(*in_force->set);
  rules = std::move(in_force);
}

void World::AddRetired(const std::vector<std::string>& names) {
  AddChannels(names);
  rules = FindRules(rules->set->hash());
  SHELF_CHECK(rules != nullptr, "a set whose channels all have their places can be loaded again");
}

bool World::Align(Partition& partition) {
  if (partition.rules->set->channels().size() == channel_names.size()) return false;
  SwitchRules(partition, FindRules(partition.rules->set->hash()));
  return true;
}

void World::KnowRules(std::shared_ptr<RulesInForce> in_force) {
  AddChannelsOf(*in_force->set);
  known_rules_.push_back(std::move(in_force));
}

std::vector<std::shared_ptr<RulesInForce>> World::LoadedRules() const {
  std::vector<std::shared_ptr<RulesInForce>> loaded = {rules};
  for (const auto& partition : partitions) {
    if (partition != nullptr) loaded.push_back(partition->rules);
  }
  loaded.insert(loaded.end(), known_rules_.begin(), known_rules_.end());
  return loaded;
}

std::shared_ptr<RulesInForce> World::FindRules(std::string_view hash) {
  const auto fits = [&](const RulesInForce& in_force) {
    return in_force.set->hash() == hash && in_force.set->channels().size() == channel_names.size();
  };
  if (fits(*rules)) return rules;
  for (const std::shared_ptr<RulesInForce>& loaded : LoadedRules()) {
    if (fits(*loaded)) return loaded;
  }
  return LoadRules(hash);
}

// One that was loaded before channels were added is loaded again, with all of them.
std::shared_ptr<RulesInForce> World::LoadRules(std::string_view hash) {
  if (unusable_rules_.contains(hash)) return nullptr;
  const RulesRecord* const record = history.Find(hash);
  const std::string* text = record != nullptr ? &record->text : nullptr;
  for (const std::shared_ptr<RulesInForce>& loaded : LoadedRules()) {
    if (loaded->set->hash() == hash) text = &loaded->set->text();
  }
  if (text == nullptr) return nullptr;
  std::vector<RulesMessage> messages;
  std::unique_ptr<RuleSet> set = RuleSet::Load(*text, messages, channel_names);
  if (set == nullptr) {
    unusable_rules_.emplace(hash);
    return nullptr;
  }
  KnowRules(std::make_shared<RulesInForce>(std::move(set)));
  return known_rules_.back();
}

void World::SwitchRules(Partition& partition, std::shared_ptr<RulesInForce> in_force) {
  const bool in_use = std::any_of(partitions.begin(), partitions.end(), [&](const auto& other) {
    return other != nullptr && other->rules == in_force;
  });
  // What is in nobody's use is not told of items that change.
  if (!in_use) in_force->item_classes.clear();
  partition.rules = std::move(in_force);
  for (const StoreId id : partition.stores) ResolveStore(*this, StoreOf(id));
}

const Calendar& CalendarOf(const Store& store) {
  static const Calendar kRoundTheClock;
  return store.info != nullptr ? store.info->calendar : kRoundTheClock;
}

}  // namespace shelf
