#include "app/position_json.h"

#include <optional>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "app/order_queries.h"
#include "app/store_queries.h"
#include "position/algebra.h"
#include "position/count_hold.h"

namespace shelf {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

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

Json SourceName(const Store& store, size_t source) {
  return source < store.state.sources.size() ? Json(store.state.sources[source].name) : Json();
}

Json AnchorJson(const Position& position, const Store& store) {
  Json anchor{{"kind", AnchorName(position.anchor_kind)}};
  if (position.anchor_kind == AnchorKind::kNone) return anchor;
  anchor["time_ms"] = position.anchor_time_ms;
  if (position.anchor_source < store.state.sources.size()) {
    anchor["source"] = SourceName(store, position.anchor_source);
  }
  anchor["sequence"] = position.anchor_sequence;
  return anchor;
}

Json SalesOf(const Position& position) {
  return {{"count", position.sales},
          {"first_ms", KnownMs(int64_t{position.first_sale_s} * 1000)},
          {"last_ms", KnownMs(int64_t{position.last_sale_s} * 1000)}};
}

Json MovementJson(const Movement& movement, const Store& store) {
  return {{"time_ms", movement.time_ms},
          {"quantity_milli", movement.quantity_milli},
          {"reason", ReasonName(movement.reason)},
          {"source", SourceName(store, movement.source)}};
}

// All that was ever after the anchor is still in the ring, and nothing else is part of on-hand.
bool KnowsAnchorQuantity(const Position& position, const Store& store) {
  return position.anchor_kind != AnchorKind::kNone && !position.Has(Position::kCountHeld) &&
         !position.Has(Position::kEarlyDropped) &&
         store.state.ring.complete_after().ms <= position.anchor_time_ms;
}

}  // namespace

absl::StatusOr<PositionId> FindPosition(World& world, std::string_view store_name,
                                        std::string_view sku_name) {
  if (world.FindStore(store_name) == nullptr) {
    return absl::NotFoundError(absl::StrCat("no store ", Abseil(store_name)));
  }
  const PositionId id = world.FindPosition(store_name, sku_name);
  if (!id.valid()) {
    return absl::NotFoundError(
        absl::StrCat("store ", Abseil(store_name), " has had no event of SKU ", Abseil(sku_name)));
  }
  return id;
}

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
  json["anchor"] = AnchorJson(position, store);
  json["sales"] = SalesOf(position);
  json["nil_pick_ms"] = nil_pick != store.state.nil_picks.end() ? Json(nil_pick->second) : Json();
  json["partition"] = partition.id;
  json["partition_time_ms"] = partition.time_known ? Json(partition.now.ms) : Json();
  json["watermark_ms"] = KnownMs(store.state.watermark.ms);
  json["lag_ms"] = LagJson(store, partition);
  json["frozen"] = store.state.frozen();
  return json;
}

Json EvidenceJson(World& world, PositionId id) {
  const Position& position = world.positions[id];
  const Store& store = world.StoreOf(position.store);
  const CountHold* const hold = HoldOf(id, position, store.state);
  absl::int128 since_milli = 0;
  Json movements = Json::array();
  for (uint32_t n = position.last_movement; n != 0 && store.state.ring.Holds(n);) {
    const Movement& movement = store.state.ring.At(n);
    n = movement.previous;
    if (!Counts(movement, position, store.state.book_complete_through)) continue;
    since_milli += movement.quantity_milli;
    if (movements.size() < kMovementsListedMax) movements.push_back(MovementJson(movement, store));
  }
  const int64_t since = Saturated(since_milli);
  const bool known = KnowsAnchorQuantity(position, store);
  return {{"anchor_milli", known ? Json(position.on_hand_milli - since) : Json()},
          {"since_milli", since},
          {"movements", std::move(movements)},
          {"held_correction_milli", hold != nullptr ? Json(hold->correction_milli) : Json()}};
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

}  // namespace shelf
