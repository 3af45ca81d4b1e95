#include "loop/proposed_rules.h"

#include <algorithm>

#include "loop/evaluator.h"
#include "loop/lag.h"
#include "loop/reference_view.h"

namespace shelf {
namespace {

std::vector<std::string> NamesOf(const std::vector<ChannelRules>& channels) {
  std::vector<std::string> names;
  for (const ChannelRules& channel : channels) names.push_back(channel.name);
  return names;
}

// What beside its rules decides about a channel's keys. Its methods do too; they are looked at by
// store.
bool SameChannel(const ChannelRules& a, const ChannelRules& b) {
  return a.retired == b.retired && a.place == b.place && a.priority == b.priority &&
         a.limited_at_milli == b.limited_at_milli &&
         a.own_reservations_taken_off == b.own_reservations_taken_off;
}

template <typename Rule>
bool SameRule(const Rule* a, const Rule* b) {
  return a == nullptr || b == nullptr ? a == b : *a == *b;
}

bool SamePlan(const ChannelPlan& a, const ChannelPlan& b) {
  return std::equal(a.sync_lag.begin(), a.sync_lag.end(), b.sync_lag.begin(), b.sync_lag.end()) &&
         SameRule(a.presence, b.presence) && SameRule(a.safety_stock, b.safety_stock) &&
         SameRule(a.allocation, b.allocation) && SameRule(a.limits, b.limits);
}

void DecideAll(World& world, PositionId id, Facts facts, const RuleSet& set, const Plans& plans,
               std::vector<int64_t>& own_reserved, std::span<Decision> decisions) {
  const std::vector<ChannelRules>& channels = set.channels();
  facts.own_reserved_milli = OwnReserved(world, id, channels, own_reserved);
  EvaluateAll(facts, channels, plans, decisions);
}

}  // namespace

ProposedRules::ProposedRules(World& world, RuleSet& proposed)
    : world_(world),
      proposed_(proposed),
      channel_names_(NamesOf(proposed.channels())),
      adds_channels_(channel_names_.size() > world.channel_names.size()),
      before_(channel_names_.size()),
      after_(channel_names_.size()) {
  BeginSlice();
}

void ProposedRules::BeginSlice() {
  ++slice_;
  if (!adds_channels_) return;
  stops_ = StopsThatCanHold(channel_names_, world_);
}

bool ProposedRules::Decide(PositionId id) {
  const Position& position = world_.positions[id];
  const Store& store = world_.StoreOf(position.store);
  const StoreAfter& store_after = AfterOf(store);
  const ItemAfter& item_after = AfterOf(position.sku);
  Comparison& comparison = ComparisonWith(world_.PartitionOf(store).rules);
  RulesInForce& in_force = *comparison.before;
  plans_before_ = in_force.set->Plan(store.rule_class, world_.ItemClassOf(in_force, position.sku));
  plans_after_ = proposed_.Plan(store_after.rule_class, item_after.rule_class);
  set_before_ = in_force.set.get();
  if (comparison.same_channels && store.served == store_after.served &&
      SamePlans(comparison, *plans_before_, *plans_after_)) {
    return false;
  }
  DecideBoth(id, store_after, item_after);
  return true;
}

void ProposedRules::DecideBoth(PositionId id, const StoreAfter& store, const ItemAfter& item) {
  Facts facts = FactsOf(world_, id, *plans_before_, *plans_after_);
  facts.lag_ms = store.lag_ms;
  DecideAll(world_, id, facts, *set_before_, *plans_before_, own_reserved_, before_);
  facts.store_class = store.rule_class;
  facts.item_class = item.rule_class;
  facts.served = store.served;
  if (adds_channels_) TakeAddedChannels(id, item, facts);
  DecideAll(world_, id, facts, proposed_, *plans_after_, own_reserved_, after_);
}

// In the terms of the proposed set, which is one with the world's for the channels of both.
void ProposedRules::TakeAddedChannels(PositionId id, const ItemAfter& item, Facts& facts) {
  const Position& position = world_.positions[id];
  facts.blocked = item.blocked;
  if (world_.StoreOf(id).listings.contains(position.sku)) {
    const ListingInfo* listing = world_.reference.FindListing(
        world_.store_names.Text(position.store), world_.sku_names.Text(position.sku));
    if (listing != nullptr) facts.listed = ListedChannels(*listing, channel_names_);
  }
  AddStops(stops_, position, facts);
}

const ProposedRules::StoreAfter& ProposedRules::AfterOf(const Store& store) {
  const size_t at = store.state.id.value;
  if (at >= stores_.size()) stores_.resize(world_.stores.size());
  StoreAfter& after = stores_[at];
  if (after.slice == slice_) return after;
  after.slice = slice_;
  const std::string_view name = world_.store_names.Text(store.state.id);
  after.rule_class = proposed_.StoreClass(ScopeOfStore(name, store.info));
  after.served = ServedChannels(store.info, proposed_);
  after.lag_ms = LagMs(store, world_.PartitionOf(store));
  return after;
}

const ProposedRules::ItemAfter& ProposedRules::AfterOf(SkuId sku) {
  if (sku.value >= items_.size()) items_.resize(world_.sku_names.size());
  ItemAfter& after = items_[sku.value];
  if (after.met) return after;
  after.met = true;
  const std::string_view name = world_.sku_names.Text(sku);
  const ItemInfo* info = world_.reference.FindItem(name);
  after.rule_class = proposed_.ItemClass(ScopeOfItem(name, info));
  if (info != nullptr) after.blocked = BlockedChannels(*info, channel_names_);
  return after;
}

ProposedRules::Comparison& ProposedRules::ComparisonWith(
    const std::shared_ptr<RulesInForce>& before) {
  for (Comparison& known : comparisons_) {
    if (known.before == before) return known;
  }
  const RuleSet& set = *before->set;
  Comparison& comparison = comparisons_.emplace_back();
  comparison.before = before;
  comparison.same_channels =
      std::equal(set.channels().begin(), set.channels().end(), proposed_.channels().begin(),
                 proposed_.channels().end(), SameChannel) &&
      set.allocation_groups() == proposed_.allocation_groups();
  return comparison;
}

bool ProposedRules::SamePlans(Comparison& comparison, const Plans& before, const Plans& after) {
  const auto [found, added] =
      comparison.same_plans.try_emplace({before.data(), after.data()}, false);
  if (added) {
    found->second = std::equal(before.begin(), before.end(), after.begin(), after.end(), SamePlan);
  }
  return found->second;
}

const ChannelRules* ProposedRules::rules_before(ChannelId channel) const {
  const std::vector<ChannelRules>& channels = set_before_->channels();
  return channel.value < channels.size() ? &channels[channel.value] : nullptr;
}

const ChannelPlan* ProposedRules::plan_before(ChannelId channel) const {
  return channel.value < plans_before_->size() ? &(*plans_before_)[channel.value] : nullptr;
}

}  // namespace shelf
