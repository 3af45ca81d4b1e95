#include "loop/evaluator.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/numeric/int128.h"
#include "loop/lag.h"
#include "position/sales.h"
#include "rules/presence.h"

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

void AddSalesRate(const Position& position, Facts& facts) {
  const MeasuredSales sales = SalesOf(position);
  facts.sales_rate = {.sold_milli = sales.sold_milli, .in_s = sales.in_s};
}

// What every rule set asks for. `store` is the position's.
Facts PlainFactsOf(World& world, PositionId id, const Store& store) {
  const Position& position = world.positions[id];
  const ItemFacts& item = world.ItemOf(position.sku);
  const Partition& partition = world.PartitionOf(store);
  Facts facts;
  facts.now = partition.now;
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
  facts.item_class = world.ItemClassOf(*partition.rules, position.sku);
  facts.lag_ms = store.lag_ms;
  facts.nil_pick = position.Has(Position::kNilPick);
  if (!store.listings.empty()) {
    const auto listing = store.listings.find(position.sku);
    if (listing != store.listings.end()) facts.listed = listing->second;
  }
  if (!world.stops.empty()) AddStops(world.stops, position, facts);
  return facts;
}

// What the plans ask for beside the plain facts: a calendar's answer costs more than all stages.
void AddWanted(const Position& position, const Store& store, const Plans& plans, Facts& facts) {
  if (plans.ask_silence()) AddSilence(store, position, facts);
  if (plans.ask_sales_rate()) AddSalesRate(position, facts);
}

Plans PlansOf(World& world, const Store& store, const Facts& facts) {
  return world.RulesOf(store).set->Plan(facts.store_class, facts.item_class);
}

// The whole steps of `to_milli` in so many of `from_milli`; both above 0.
uint32_t InSteps(uint32_t sellable, int64_t from_milli, int64_t to_milli) {
  const absl::int128 steps = absl::int128(sellable) * from_milli / to_milli;
  constexpr absl::int128 kMost = std::numeric_limits<uint32_t>::max();
  return static_cast<uint32_t>(std::min(steps, kMost));
}

}  // namespace

void AddStops(std::span<const StopFacts> stops, const Position& position, Facts& facts) {
  for (const StopFacts& stop : stops) {
    if (!stop.any_sku && stop.sku != position.sku) continue;
    if (!stop.any_store && stop.store != position.store) continue;
    if (stop.expires != kNever && facts.now >= stop.expires) continue;
    facts.stopped |= stop.channels;
    facts.stops_until = std::min(facts.stops_until, stop.expires);
  }
}

Facts FactsOf(World& world, PositionId id) {
  const Position& position = world.positions[id];
  const Store& store = world.StoreOf(position.store);
  Facts facts = PlainFactsOf(world, id, store);
  facts.lag_ms = LagMs(store, world.PartitionOf(store));
  AddSilence(store, position, facts);
  AddSalesRate(position, facts);
  return facts;
}

Facts FactsOf(World& world, PositionId id, const Plans& one, const Plans& other) {
  const Position& position = world.positions[id];
  const Store& store = world.StoreOf(position.store);
  Facts facts = PlainFactsOf(world, id, store);
  if (one.ask_silence() || other.ask_silence()) AddSilence(store, position, facts);
  if (one.ask_sales_rate() || other.ask_sales_rate()) AddSalesRate(position, facts);
  return facts;
}

std::span<const int64_t> OwnReserved(World& world, PositionId id,
                                     std::span<const ChannelRules> channels,
                                     std::vector<int64_t>& memory) {
  if (!world.positions[id].Has(Position::kReserved)) return {};
  if (std::none_of(channels.begin(), channels.end(),
                   [](const ChannelRules& c) { return c.own_reservations_taken_off; })) {
    return {};
  }
  const Reservations& reservations = world.StoreOf(id).state.reservations;
  memory.clear();
  for (const ChannelRules& channel : channels) {
    memory.push_back(reservations.HeldMilli(id) - ReservedMilli(world, id, channel));
  }
  return memory;
}

int64_t ReservedMilli(World& world, PositionId id, const ChannelRules& channel) {
  if (!world.positions[id].Has(Position::kReserved)) return 0;
  const Reservations& reservations = world.StoreOf(id).state.reservations;
  return channel.own_reservations_taken_off ? reservations.HeldMilliByOthers(id, channel.name)
                                            : reservations.HeldMilli(id);
}

SteadyKey SteadyKeyOf(World& world, PositionId id, ChannelId channel) {
  SteadyKey key;
  const Slot slot = world.positions.SlotOf(id, channel);
  if (slot.Has(SlotFlags::kPublished) && !slot.Has(SlotFlags::kUndecided)) {
    key.decided = slot.sellable;
  }
  if (world.positions[id].Has(Position::kRiseHeld)) {
    key.hold = world.StoreOf(id).state.steady_holds.Find(id, channel);
  }
  return key;
}

void Evaluator::Evaluate(PositionId id, const Cause& cause, Let let) {
  const Position& position = world_.positions[id];
  Store& store = world_.StoreOf(position.store);
  Facts facts = PlainFactsOf(world_, id, store);
  const Plans plans = PlansOf(world_, store, facts);
  AddWanted(position, store, plans, facts);
  Settle(id, facts, plans);
  if (plans.hold_rises() || position.Has(Position::kRiseHeld)) HoldRises(id, facts, plans, let);
  PartitionTime until = plans.ask_silence() ? QuietDue(id, store, facts, plans) : kNever;
  for (uint16_t c = 0; c < static_cast<uint16_t>(decisions_.size()); ++c) {
    until = std::min(until, decisions_[c].until);
    Offer(id, ChannelId(c), decisions_[c], cause, let);
  }
  world_.PartitionOf(store).wheel.Schedule(id, until);
  ++evaluations_;
}

void Evaluator::Settle(PositionId id, const Facts& facts, const Plans& plans) {
  const std::vector<ChannelRules>& channels = world_.RulesOf(id).set->channels();
  Facts all = facts;
  if (facts.own_reserved_milli.empty()) {
    all.own_reserved_milli = OwnReserved(world_, id, channels, own_reserved_);
  }
  decisions_.resize(world_.channel_names.size());
  EvaluateAll(all, channels, plans, decisions_);
}

SteadyStep Evaluator::HoldRise(PositionId id, ChannelId channel, const Facts& facts,
                               const ChannelPlan& plan) {
  return StepSteady(SteadyKeyOf(world_, id, channel), facts.now, facts.step_milli,
                    world_.RulesOf(id).set->channels()[channel.value], plan,
                    decisions_[channel.value]);
}

void Evaluator::NoteHold(PositionId id, ChannelId channel, const SteadyStep& step) {
  SteadyHolds& holds = world_.StoreOf(id).state.steady_holds;
  if (holds.Set(id, channel, step.hold, world_.positions)) world_.positions.MarkDirty(id);
}

void Evaluator::HoldRises(PositionId id, const Facts& facts, const Plans& plans, Let let) {
  for (uint16_t c = 0; c < static_cast<uint16_t>(plans.size()); ++c) {
    const SteadyStep step = HoldRise(id, ChannelId(c), facts, plans[c]);
    // A rise that has waited long enough and is not let out now goes on waiting.
    const bool kept_back =
        let == Let::kFalls && step.sellable > world_.positions.SlotOf(id, ChannelId(c)).sellable;
    if (!kept_back) NoteHold(id, ChannelId(c), step);
  }
}

// The silence is measured to the watermark, which follows partition time: until partition time is
// there the wheel waits; from then on the watermark's own moves decide.
PartitionTime Evaluator::QuietDue(PositionId id, Store& store, const Facts& facts,
                                  const Plans& plans) {
  if (facts.mean_gap_ms <= 0) return kNever;
  Position& position = world_.positions[id];
  int64_t least_ms = INT64_MAX;
  for (const ChannelPlan& plan : plans) {
    if (plan.presence == nullptr || plan.presence->quiet_limit <= 0) continue;
    const int64_t silence_ms = QuietFromMs(plan.presence->quiet_limit, facts.mean_gap_ms);
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
                      const Cause& cause, Let let) {
  const Slot slot = world_.positions.SlotOf(id, channel);
  const auto sellable = static_cast<uint32_t>(decision.sellable);
  const auto status = static_cast<uint8_t>(decision.status);
  const bool falls = slot.Has(SlotFlags::kPublished) && sellable < slot.sellable;
  if (let == Let::kFalls && !falls) return;
  if (!slot.Has(SlotFlags::kPublished)) {
    // The first record of a key goes out even at zero, but only where the channel may sell at all.
    if (decision.ineligible != Ineligible::kNo) return;
  } else if (slot.sellable == sellable && (slot.flags & SlotFlags::kStatusMask) == status) {
    return;
  }
  const SlotValue before = slot.Has(SlotFlags::kPublished) ? ValueOf(slot) : SlotValue{};
  slot.sellable = sellable;
  slot.Clear(SlotFlags::kStatusMask | SlotFlags::kUndecided);
  slot.Set(static_cast<uint8_t>(status | SlotFlags::kPublished));
  world_.positions.MarkDirty(id);
  outbox_.Queue({id, channel, cause}, before);
}

void Evaluator::TakeStep(PositionId id, int64_t from_milli, int64_t to_milli) {
  world_.StoreOf(id).state.steady_holds.Forget(id, world_.positions);
  for (uint16_t c = 0; c < static_cast<uint16_t>(world_.channel_names.size()); ++c) {
    const Slot slot = world_.positions.SlotOf(id, ChannelId(c));
    slot.sellable = InSteps(slot.sellable, from_milli, to_milli);
  }
  world_.positions.MarkDirty(id);
}

void Evaluator::Republish(PositionId id, const Cause& cause) {
  for (uint16_t c = 0; c < static_cast<uint16_t>(world_.channel_names.size()); ++c) {
    const Slot slot = world_.positions.SlotOf(id, ChannelId(c));
    if (!slot.Has(SlotFlags::kPublished)) continue;
    outbox_.Requeue({id, ChannelId(c), cause});
    world_.positions.MarkDirty(id);
  }
}

void Evaluator::EvaluateStore(Store& store, const Cause& cause, Let let) {
  Partition& partition = world_.PartitionOf(store);
  if (!partition.live()) return;
  store.state.index.ForEach([&](PositionId id) { Evaluate(id, cause, let); });
  if (let == Let::kAll) partition.sweeps.Forget(store.state.id);
}

std::span<const Decision> Evaluator::DecideAll(PositionId id) {
  const Position& position = world_.positions[id];
  const Store& store = world_.StoreOf(position.store);
  Facts facts = PlainFactsOf(world_, id, store);
  AddWanted(position, store, PlansOf(world_, store, facts), facts);
  return DecideWith(id, facts);
}

std::span<const Decision> Evaluator::DecideWith(PositionId id, const Facts& facts) {
  const Plans plans = PlansOf(world_, world_.StoreOf(id), facts);
  Settle(id, facts, plans);
  if (plans.hold_rises() || world_.positions[id].Has(Position::kRiseHeld)) {
    for (uint16_t c = 0; c < static_cast<uint16_t>(plans.size()); ++c) {
      HoldRise(id, ChannelId(c), facts, plans[c]);
    }
  }
  return decisions_;
}

void Evaluator::BeginHoldsAnew(const Partition& partition) {
  for (const StoreId id : partition.stores) {
    world_.StoreOf(id).state.steady_holds.BeginAnew(partition.now, world_.positions);
  }
}

}  // namespace shelf
