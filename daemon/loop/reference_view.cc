// What follows from reference data for stores and items, kept beside them so that an evaluation
// reads plain fields and bit sets.
#include "loop/reference_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/percent.h"
#include "loop/stops.h"

namespace shelf {
namespace {

bool ServesChannel(const StoreInfo& info, const ChannelRules& channel) {
  if (channel.methods.empty()) return true;
  return std::any_of(info.services.begin(), info.services.end(), [&](const ServiceInfo& service) {
    return std::find(channel.methods.begin(), channel.methods.end(), service.method) !=
           channel.methods.end();
  });
}

ChannelSet NamedChannels(const std::vector<std::string>& names, ChannelNames channels) {
  ChannelSet set = 0;
  for (size_t c = 0; c < channels.size(); ++c) {
    const bool named = std::find(names.begin(), names.end(), channels[c]) != names.end();
    if (named) set |= ChannelSet{1} << c;
  }
  return set;
}

// Declared sources get their roles before their first event: a required early source holds the
// watermark back from the start. Roles hold for what comes after them.
void DeclareSources(World& world, Store& store) {
  for (const SourceInfo& declared : store.info->sources)
    world.FindOrAddSource(declared.name, store);
}

// The item's category may be another now; every set that is gone by must look again.
void ForgetItemClass(World& world, SkuId sku) {
  const auto forget = [sku](RulesInForce& in_force) {
    if (sku.value < in_force.item_classes.size()) {
      in_force.item_classes[sku.value] = RulesInForce::kUnresolved;
    }
  };
  forget(*world.rules);
  for (const auto& partition : world.partitions) {
    if (partition != nullptr) forget(*partition->rules);
  }
}

// The SKU that it names gets its id here where it has none yet.
StopFacts StopFactsOf(const StopInfo& stop, ChannelNames channels, World& world) {
  StopFacts facts;
  facts.any_sku = stop.sku.empty();
  facts.any_store = stop.store.empty();
  // Interned, so that the stop also holds for a name that is seen only later.
  if (!facts.any_sku) facts.sku = world.sku_names.Intern(stop.sku);
  if (!facts.any_store) facts.store = world.store_names.Find(stop.store);
  if (!stop.channel.empty()) facts.channels = NamedChannels({stop.channel}, channels);
  if (stop.expires_at_ms > 0) facts.expires = PartitionTime{stop.expires_at_ms};
  return facts;
}

}  // namespace

ChannelSet BlockedChannels(const ItemInfo& item, ChannelNames channels) {
  return item.blocked_channels.empty() ? 0 : NamedChannels(item.blocked_channels, channels);
}

ChannelSet ListedChannels(const ListingInfo& listing, ChannelNames channels) {
  if (listing.delisted) return 0;
  return listing.channels.empty() ? kAllChannels : NamedChannels(listing.channels, channels);
}

ChannelSet ServedChannels(const StoreInfo* info, const RuleSet& rules) {
  ChannelSet served = 0;
  if (info == nullptr) return served;
  const std::vector<ChannelRules>& channels = rules.channels();
  for (size_t c = 0; c < channels.size(); ++c) {
    if (ServesChannel(*info, channels[c])) served |= ChannelSet{1} << c;
  }
  return served;
}

StoreScope ScopeOfStore(std::string_view store, const StoreInfo* info) {
  StoreScope scope{.store = store, .region = {}, .groups = {}};
  if (info == nullptr) return scope;
  scope.region = info->region;
  scope.groups = info->groups;
  return scope;
}

ItemScope ScopeOfItem(std::string_view sku, const ItemInfo* info) {
  ItemScope scope{.sku = sku, .category = {}};
  if (info != nullptr) scope.category = info->category;
  return scope;
}

void ResolveStore(World& world, Store& store) {
  RuleSet& rules = *world.RulesOf(store).set;
  const std::string_view name = world.store_names.Text(store.state.id);
  store.info = world.reference.FindStore(name);
  store.served = ServedChannels(store.info, rules);
  store.state.count_hold = store.info != nullptr && store.info->count_hold;
  store.state.count_after_nil_pick = store.info != nullptr && store.info->count_after_nil_pick;
  if (store.info != nullptr) DeclareSources(world, store);
  for (SourceState& source : store.state.sources) {
    const SourceInfo info =
        store.info != nullptr ? store.info->Source(source.name) : DefaultSource(source.name);
    source.role = info.role;
    source.required = info.required;
  }
  store.rule_class = rules.StoreClass(ScopeOfStore(name, store.info));
  store.lag_band = -1;
}

void ResolveItem(World& world, SkuId sku) {
  const std::string_view name = world.sku_names.Text(sku);
  const ItemInfo* info = world.reference.FindItem(name);
  ItemFacts& facts = world.items[sku.value];
  facts = ItemFacts{};
  if (info != nullptr) {
    facts.known = true;
    facts.step_milli = info->step_milli;
    facts.blocked = BlockedChannels(*info, world.channel_names);
  }
  ForgetItemClass(world, sku);
}

uint32_t World::ResolveItemClass(RulesInForce& in_force, SkuId sku) {
  std::vector<uint32_t>& classes = in_force.item_classes;
  if (classes.size() <= sku.value) classes.resize(sku_names.size(), RulesInForce::kUnresolved);
  const std::string_view name = sku_names.Text(sku);
  return classes[sku.value] = in_force.set->ItemClass(ScopeOfItem(name, reference.FindItem(name)));
}

std::vector<StopFacts> StopsThatCanHold(ChannelNames channels, World& world) {
  const PartitionTime least = world.LeastTime();
  std::vector<StopFacts> facts;
  for (const StopInfo& stop : world.reference.stops()) {
    if (!IsExpired(stop, least)) facts.push_back(StopFactsOf(stop, channels, world));
  }
  return facts;
}

void ResolveStops(World& world) {
  world.stops = StopsThatCanHold(world.channel_names, world);
  world.stops_end = kNever;
  for (const StopFacts& stop : world.stops) {
    world.stops_end = std::min(world.stops_end, stop.expires);
  }
}

void DropExpiredStops(World& world, PartitionTime now) {
  if (now < world.stops_end || world.LeastTime() < world.stops_end) return;
  ResolveStops(world);
}

std::string PrintedFields(std::string_view reference_key, const ReferenceTables& tables) {
  const auto parts = SplitKey(reference_key);
  if (!parts.has_value() || parts->size() != 2) return {};
  const std::string& name = (*parts)[1];
  std::string fields;
  const auto add_ids = [&](const ChannelIds& ids) {
    for (const auto& [channel, id] : ids) absl::StrAppend(&fields, JoinKey({channel, id}), ";");
  };
  if ((*parts)[0] == "store") {
    const StoreInfo* store = tables.FindStore(name);
    if (store != nullptr) add_ids(store->channel_ids);
  } else if ((*parts)[0] == "item") {
    const ItemInfo* item = tables.FindItem(name);
    if (item == nullptr) return fields;
    add_ids(item->channel_ids);
    absl::StrAppend(&fields, item->unit_of_measure, ";", item->step_milli);
  }
  return fields;
}

void ResolveChannels(World& world) {
  ResolveStops(world);
  for (uint32_t sku = 0; sku < world.items.size(); ++sku) ResolveItem(world, SkuId(sku));
  for (Store& store : world.stores) {
    const std::string_view name = world.store_names.Text(store.state.id);
    for (auto& [sku, channels] : store.listings) {
      const ListingInfo* listing = world.reference.FindListing(name, world.sku_names.Text(sku));
      if (listing != nullptr) channels = ListedChannels(*listing, world.channel_names);
    }
  }
}

void NoteListing(World& world, const ReferenceChange& change) {
  const StoreId id = world.store_names.Find(change.store);
  if (!id.valid()) return;
  Store& store = world.StoreOf(id);
  const SkuId sku = world.sku_names.Intern(change.sku);
  const ListingInfo* listing = world.reference.FindListing(change.store, change.sku);
  if (listing == nullptr) {
    store.listings.erase(sku);
  } else {
    store.listings[sku] = ListedChannels(*listing, world.channel_names);
  }
}

}  // namespace shelf
