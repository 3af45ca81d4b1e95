#include "loop/evaluator.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace shelf {
namespace {

void AddSilence(const Store& store, const Position& position, Facts& facts) {
  if (position.sales < 2) return;
  const Calendar& calendar = CalendarOf(store);
  const int64_t first_ms = int64_t{position.first_sale_s} * 1000;
  const int64_t last_ms = int64_t{position.last_sale_s} * 1000;
  facts.mean_gap_ms = calendar.TradingMs(first_ms, last_ms) / (position.sales - 1);
  facts.silence_ms = std::max<int64_t>(0, calendar.TradingMs(last_ms, store.state.watermark.ms));
}

void AddStops(const World& world, const Position& position, Facts& facts) {
  for (const StopFacts& stop : world.stops) {
    if (!stop.any_sku && stop.sku != position.sku) continue;
    if (!stop.any_store && stop.store != position.store) continue;
    if (stop.expires != kNever && facts.now >= stop.expires) continue;
    facts.stopped |= stop.channels;
    facts.stops_until = std::min(facts.stops_until, stop.expires);
  }
}

}  // namespace

Facts FactsOf(World& world, PositionId id) {
  const Position& position = world.positions[id];
  Store& store = world.StoreOf(position.store);
  const ItemFacts& item = world.ItemOf(position.sku);
  Facts facts;
  facts.now = world.PartitionOf(store).now;
  facts.on_hand_milli = position.on_hand_milli;
  if (position.Has(Position::kReserved)) {
    facts.reserved_milli = store.state.reservations.HeldMilli(id);
  }
  facts.step_milli = item.step_milli;
  facts.store_known = store.info != nullptr;
  facts.item_known = item.known;
  facts.store_closed = store.info != nullptr && store.info->closed;
  facts.state_lost = store.state.state_lost;
  facts.served = store.served;
  facts.blocked = item.blocked;
  facts.store_class = store.rule_class;
  facts.item_class = world.ItemClassOf(world.RulesOf(store), position.sku);
  facts.lag_ms = store.lag_ms;
  facts.nil_pick = position.Has(Position::kNilPick);
  if (!store.listings.empty()) {
    const auto listing = store.listings.find(position.sku);
    if (listing != store.listings.end()) facts.listed = listing->second;
  }
  AddSilence(store, position, facts);
  if (!world.stops.empty()) AddStops(world, position, facts);
  return facts;
}

int64_t ReservedMilli(World& world, PositionId id, const ChannelRules& channel) {
  if (!world.positions[id].Has(Position::kReserved)) return 0;
  const Reservations& reservations = world.StoreOf(id).state.reservations;
  return channel.own_reservations_taken_off ? reservations.HeldMilliByOthers(id, channel.name)
                                            : reservations.HeldMilli(id);
}

void Evaluator::Evaluate(PositionId id, const Cause& cause) {
  Facts facts = FactsOf(world_, id);
  RuleSet& rules = *world_.RulesOf(id).set;
  const auto plans = rules.Plan(facts.store_class, facts.item_class);
  const std::vector<ChannelRules>& channels = rules.channels();
  const bool reserved = world_.positions[id].Has(Position::kReserved);
  PartitionTime until = kNever;
  for (uint16_t c = 0; c < static_cast<uint16_t>(channels.size()); ++c) {
    if (reserved) facts.reserved_milli = ReservedMilli(world_, id, channels[c]);
    const Decision decision = shelf::Evaluate(facts, ChannelId(c), channels[c], plans[c]);
    until = std::min(until, decision.until);
    Offer(id, ChannelId(c), decision, cause);
  }
  Store& store = world_.StoreOf(id);
  until = std::min(until, QuietDue(id, store, facts));
  world_.PartitionOf(store).wheel.Schedule(id, until);
  ++evaluations_;
}

// The silence is measured to the watermark, which follows partition time: until partition time is
// there the wheel waits; from then on the watermark's own moves decide.
PartitionTime Evaluator::QuietDue(PositionId id, Store& store, const Facts& facts) {
  if (facts.mean_gap_ms <= 0) return kNever;
  Position& position = world_.positions[id];
  const auto plans = world_.RulesOf(store).set->Plan(facts.store_class, facts.item_class);
  int64_t least_ms = INT64_MAX;
  for (const ChannelPlan& plan : plans) {
    if (plan.presence == nullptr || plan.presence->quiet_limit <= 0) continue;
    const double limit_ms = plan.presence->quiet_limit * static_cast<double>(facts.mean_gap_ms);
    const auto silence_ms = static_cast<int64_t>(std::min(std::ceil(limit_ms), 1e15));
    if (facts.silence_ms < silence_ms) least_ms = std::min(least_ms, silence_ms);
  }
  if (least_ms == INT64_MAX) return kNever;
  const int64_t last_ms = int64_t{position.last_sale_s} * 1000;
  const PartitionTime due{CalendarOf(store).After(last_ms, least_ms)};
  if (due > facts.now) return due;
  if (!position.Has(Position::kAwaitsWatermark)) {
    position.Set(Position::kAwaitsWatermark);
    store.awaiting_watermark.push_back(id);
  }
  return kNever;
}

void Evaluator::EvaluateAwaiting(Store& store, const Cause& cause) {
  if (store.awaiting_watermark.empty()) return;
  const std::vector<PositionId> waiting = std::exchange(store.awaiting_watermark, {});
  for (const PositionId id : waiting) {
    world_.positions[id].Clear(Position::kAwaitsWatermark);
    Evaluate(id, cause);
  }
}

void Evaluator::Offer(PositionId id, ChannelId channel, const Decision& decision,
                      const Cause& cause) {
  const Slot slot = world_.positions.SlotOf(id, channel);
  const auto sellable = static_cast<uint32_t>(decision.sellable);
  const auto status = static_cast<uint8_t>(decision.status);
  if (!slot.Has(SlotFlags::kPublished)) {
    // The first record of a key goes out even at zero, but only where the channel may sell at all.
    if (decision.ineligible != Ineligible::kNo) return;
  } else if (slot.sellable == sellable && (slot.flags & SlotFlags::kStatusMask) == status) {
    return;
  }
  const SlotValue before = slot.Has(SlotFlags::kPublished) ? ValueOf(slot) : SlotValue{};
  slot.sellable = sellable;
  slot.Clear(SlotFlags::kStatusMask);
  slot.Set(static_cast<uint8_t>(status | SlotFlags::kPublished));
  world_.positions.MarkDirty(id);
  outbox_.Queue({id, channel, cause}, before);
}

void Evaluator::Republish(PositionId id, const Cause& cause) {
  for (uint16_t c = 0; c < static_cast<uint16_t>(world_.channel_names.size()); ++c) {
    const Slot slot = world_.positions.SlotOf(id, ChannelId(c));
    if (!slot.Has(SlotFlags::kPublished)) continue;
    outbox_.Requeue({id, ChannelId(c), cause});
    world_.positions.MarkDirty(id);
  }
}

void Evaluator::EvaluateStore(Store& store, const Cause& cause) {
  if (!world_.PartitionOf(store).live()) return;
  store.state.index.ForEach([&](PositionId id) { Evaluate(id, cause); });
}

void Evaluator::EvaluatePartition(Partition& partition, const Cause& cause) {
  for (const StoreId id : partition.stores) EvaluateStore(world_.StoreOf(id), cause);
}

Decision Evaluator::Decide(PositionId id, ChannelId channel) {
  RuleSet& rules = *world_.RulesOf(id).set;
  const ChannelRules& channel_rules = rules.channels()[channel.value];
  Facts facts = FactsOf(world_, id);
  facts.reserved_milli = ReservedMilli(world_, id, channel_rules);
  const auto plans = rules.Plan(facts.store_class, facts.item_class);
  return shelf::Evaluate(facts, channel, channel_rules, plans[channel.value]);
}

}  // namespace shelf
