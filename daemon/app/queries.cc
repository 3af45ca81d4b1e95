#include "app/queries.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "app/hold_queries.h"
#include "app/order_queries.h"
#include "app/store_queries.h"

namespace shelf {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

Json DueMs(PartitionTime due) { return due != kNever ? Json(due.ms) : Json(); }

absl::StatusOr<PositionId> FindPosition(World& world, std::string_view store_name,
                                        std::string_view sku_name) {
  const StoreId store = world.store_names.Find(store_name);
  if (!store.valid() || store.value >= world.stores.size()) {
    return absl::NotFoundError(absl::StrCat("no store ", Abseil(store_name)));
  }
  const SkuId sku = world.sku_names.Find(sku_name);
  PositionId id;
  if (sku.valid()) id = world.StoreOf(store).state.index.Find(sku, world.positions);
  if (!id.valid()) {
    return absl::NotFoundError(
        absl::StrCat("store ", Abseil(store_name), " has had no event of SKU ", Abseil(sku_name)));
  }
  return id;
}

std::string_view AnchorName(AnchorKind kind) {
  switch (kind) {
    case AnchorKind::kNone:
      return "none";
    case AnchorKind::kCount:
      return "count";
    case AnchorKind::kBook:
      return "book";
  }
  return "";
}

Json AnchorOf(const Position& position, const Store& store) {
  Json anchor{{"kind", AnchorName(position.anchor_kind)}};
  if (position.anchor_kind == AnchorKind::kNone) return anchor;
  anchor["time_ms"] = position.anchor_time_ms;
  if (position.anchor_source < store.state.sources.size()) {
    anchor["source"] = store.state.sources[position.anchor_source].name;
  }
  anchor["sequence"] = position.anchor_sequence;
  return anchor;
}

Json SalesOf(const Position& position) {
  return {{"count", position.sales},
          {"first_ms", KnownMs(int64_t{position.first_sale_s} * 1000)},
          {"last_ms", KnownMs(int64_t{position.last_sale_s} * 1000)}};
}

Json LastDecided(World& world, PositionId id, ChannelId channel) {
  const Slot slot = world.positions.SlotOf(id, channel);
  const bool published = slot.Has(SlotFlags::kPublished);
  return {{"channel", world.channel_names[channel.value]},
          {"sellable", slot.sellable},
          {"status", StatusName(static_cast<Status>(slot.flags & SlotFlags::kStatusMask))},
          {"published", published},
          {"acknowledged", published && !slot.Has(SlotFlags::kUnacknowledged)}};
}

// A position without its channels.
Json PositionJson(World& world, PositionId id) {
  const Position& position = world.positions[id];
  Store& store = world.StoreOf(position.store);
  const Partition& partition = world.PartitionOf(store);
  const std::string_view sku = world.sku_names.Text(position.sku);
  const ItemInfo* item = world.reference.FindItem(sku);
  const auto nil_pick = store.state.nil_picks.find(id);
  Json json;
  json["store"] = world.store_names.Text(position.store);
  json["sku"] = sku;
  json["name"] = item != nullptr ? Json(item->name) : Json();
  json["unit_of_measure"] = item != nullptr ? Json(item->unit_of_measure) : Json();
  json["step_milli"] = world.ItemOf(position.sku).step_milli;
  json["on_hand_milli"] = position.on_hand_milli;
  AddOrders(world, id, json);
  json["anchor"] = AnchorOf(position, store);
  json["sales"] = SalesOf(position);
  json["nil_pick_ms"] = nil_pick != store.state.nil_picks.end() ? Json(nil_pick->second) : Json();
  json["partition"] = partition.id;
  json["partition_time_ms"] = partition.time_known ? Json(partition.now.ms) : Json();
  json["watermark_ms"] = KnownMs(store.state.watermark.ms);
  json["lag_ms"] = LagJson(store, partition);
  json["frozen"] = store.state.frozen();
  return json;
}

Json StagesOf(const Decision& decision, const ChannelRules& channel) {
  Json stages = Json::array();
  int64_t quantity = decision.base_milli;
  for (int s = 0; s < kStages; ++s) {
    const StageOutcome& outcome = decision.stages[static_cast<size_t>(s)];
    Json stage{{"stage", StageName(static_cast<Stage>(s))}, {"in_milli", quantity}};
    quantity -= outcome.withheld_milli;
    stage["out_milli"] = quantity;
    stage["withheld_milli"] = outcome.withheld_milli;
    if (outcome.rule != StageOutcome::kNoRule) {
      const RuleInfo& rule = channel.rules[outcome.rule];
      stage["rule"] = {{"id", rule.id}, {"line", rule.line}};
    } else {
      stage["rule"] = nullptr;
    }
    stages.push_back(std::move(stage));
  }
  return stages;
}

// The evidence that the stages see beside the quantity.
Json FactsJson(const Facts& facts) {
  return {{"now_ms", facts.now.ms},
          {"on_hand_milli", facts.on_hand_milli},
          {"reserved_milli", facts.reserved_milli},
          {"lag_ms", facts.lag_ms < kLagUnknownMs ? Json(facts.lag_ms) : Json()},
          {"nil_pick", facts.nil_pick},
          {"silence_ms", facts.mean_gap_ms > 0 ? Json(facts.silence_ms) : Json()},
          {"mean_gap_ms", facts.mean_gap_ms > 0 ? Json(facts.mean_gap_ms) : Json()}};
}

Json PartitionJson(const Partition& partition) {
  return {{"partition", partition.id},
          {"next_offset", partition.next_offset},
          {"time_ms", partition.time_known ? Json(partition.now.ms) : Json()},
          {"caught_up", partition.live()},
          {"reference_offset", partition.reference_offset},
          {"lost_in", partition.lost_in.has_value() ? Json(*partition.lost_in) : Json()},
          {"stores", partition.stores.size()}};
}

Json BytesJson(const World& world) {
  size_t stores = 0;
  for (const Store& store : world.stores) stores += sizeof(Store) + store.state.bytes();
  return {{"positions", world.positions.bytes()},
          {"stores", stores},
          {"store_names", world.store_names.bytes()},
          {"sku_names", world.sku_names.bytes()},
          {"reference", world.reference.bytes()}};
}

Json CountersJson(Worker& worker) {
  const WorkerCounters& counters = worker.counters();
  return {{"records", counters.records},
          {"lines", counters.lines},
          {"ticks", counters.ticks},
          {"duplicates", counters.duplicates},
          {"lists_held", counters.lists_held},
          {"reserved_beyond", counters.reserved_beyond},
          {"foreign_keys", counters.foreign_keys},
          {"checkpoints", counters.checkpoints},
          {"checkpoints_failed", counters.checkpoints_failed},
          {"evaluations", worker.evaluator().evaluations()},
          {"published", worker.publisher().published()}};
}

}  // namespace

absl::StatusOr<Json> GetPosition(Worker& worker, std::string_view store, std::string_view sku) {
  World& world = worker.world();
  const absl::StatusOr<PositionId> id = FindPosition(world, store, sku);
  if (!id.ok()) return id.status();
  Json json = PositionJson(world, *id);
  Json& channels = json["channels"] = Json::array();
  for (uint16_t c = 0; c < static_cast<uint16_t>(world.channel_names.size()); ++c) {
    channels.push_back(LastDecided(world, *id, ChannelId(c)));
  }
  return json;
}

absl::StatusOr<Json> Explain(Worker& worker, std::string_view channel, std::string_view store,
                             std::string_view sku) {
  World& world = worker.world();
  const ChannelId channel_id = world.ChannelNamed(channel);
  if (!channel_id.valid()) {
    return absl::NotFoundError(absl::StrCat("no channel ", Abseil(channel), " in the rules"));
  }
  const absl::StatusOr<PositionId> id = FindPosition(world, store, sku);
  if (!id.ok()) return id.status();
  const RuleSet& rule_set = *world.RulesOf(*id).set;
  const ChannelRules* rules = &rule_set.channels()[channel_id.value];
  const Decision decision = worker.evaluator().Decide(*id, channel_id);
  Json json;
  json["channel"] = channel;
  json["position"] = PositionJson(world, *id);
  Facts facts = FactsOf(world, *id);
  facts.reserved_milli = ReservedMilli(world, *id, *rules);
  json["facts"] = FactsJson(facts);
  json["base_milli"] = decision.base_milli;
  json["stages"] = StagesOf(decision, *rules);
  json["sellable"] = decision.sellable;
  json["status"] = StatusName(decision.status);
  json["ineligible"] =
      decision.ineligible == Ineligible::kNo ? Json() : Json(IneligibleName(decision.ineligible));
  json["until_ms"] =
      DueMs(std::min({decision.until, world.StoreOf(*id).lag_due, ReservedUntil(world, *id)}));
  json["last"] = LastDecided(world, *id, channel_id);
  json["rule_set"] = absl::BytesToHexString(rule_set.hash());
  return json;
}

Json GetStatus(Worker& worker) {
  World& world = worker.world();
  Json json;
  json["caught_up"] = worker.caught_up();
  json["incarnation"] = worker.incarnation();
  json["rule_set"] = absl::BytesToHexString(world.rules->set->hash());
  Json& channels = json["channels"] = Json::array();
  for (const std::string& channel : world.channel_names) channels.push_back(channel);
  json["stores"] = world.stores.size();
  json["lag"] = LagSummary(world);
  json["holds"] = CountHolds(world);
  json["positions"] = world.positions.size();
  json["counters"] = CountersJson(worker);
  json["outbox"] = {{"waiting", worker.outbox().waiting()},
                    {"held", worker.outbox().held()},
                    {"in_flight", worker.outbox().in_flight()}};
  json["rejects"] = {{"unacknowledged", worker.rejects().pending()},
                     {"by_reason", worker.rejects().counts()}};
  json["bytes"] = BytesJson(world);
  Json& partitions = json["partitions"] = Json::array();
  for (const auto& partition : world.partitions) {
    if (partition != nullptr) partitions.push_back(PartitionJson(*partition));
  }
  return json;
}

}  // namespace shelf
