#include "app/hold_queries.h"

#include <algorithm>
#include <string>
#include <utility>

#include "app/store_queries.h"
#include "position/sweep.h"

namespace shelf {
namespace {

constexpr size_t kLargestShown = 5;
// Positions looked at for one answer: some ten milliseconds of the worker.
constexpr size_t kLookedAtMax = 500'000;

Json LargestJson(World& world, const Store& store) {
  Json largest = Json::array();
  const auto ids =
      LargestSwept(store.state, store.state.list.source, world.positions, kLargestShown);
  for (const PositionId id : ids) {
    const Position& position = world.positions[id];
    const std::string_view sku = world.sku_names.Text(position.sku);
    const ItemInfo* item = world.reference.FindItem(sku);
    largest.push_back({{"sku", sku},
                       {"name", item != nullptr ? Json(item->name) : Json()},
                       {"on_hand_milli", position.on_hand_milli}});
  }
  return largest;
}

Json HoldJson(World& world, const Store& store, bool with_largest) {
  const ListState& list = store.state.list;
  const SweepForecast& forecast = list.forecast;
  const uint64_t in_stock = std::max<uint32_t>(forecast.in_stock, 1);
  return {{"store", world.store_names.Text(store.state.id)},
          {"snapshot", list.id},
          {"source", store.state.sources[list.source].name},
          {"since_ms", KnownMs(list.held_since.ms)},
          {"as_of_ms", list.as_of.ms},
          {"in_stock", forecast.in_stock},
          {"would_be_zeroed", forecast.to_zero},
          {"share_percent", uint64_t{forecast.to_zero} * 100 / in_stock},
          {"too_old", IsTooOldToRelease(store.state)},
          {"largest", with_largest ? LargestJson(world, store) : Json()}};
}

// The list that the store holds, by a number that no other of its lists has; 0: none.
uint64_t HeldEnd(World& world, const std::string& store) {
  const Store* const found = world.FindStore(store);
  return found != nullptr && found->state.list.held ? found->state.list.end_sequence : 0;
}

}  // namespace

Json ListHolds(World& world, std::string_view store_name) {
  Json holds = Json::array();
  size_t looked_at = 0;
  for (const Store& store : world.stores) {
    if (!store.state.list.held) continue;
    if (!store_name.empty() && world.store_names.Text(store.state.id) != store_name) continue;
    looked_at += store.state.index.size();
    const bool with_largest = holds.empty() || looked_at <= kLookedAtMax;
    holds.push_back(HoldJson(world, store, with_largest));
  }
  return holds;
}

size_t CountHolds(const World& world) {
  return static_cast<size_t>(std::count_if(world.stores.begin(), world.stores.end(),
                                           [](const Store& s) { return s.state.list.held; }));
}

absl::StatusOr<Json> DecideHold(const HoldDecision& decision, int64_t wait_ms,
                                const AskWorker& ask) {
  // Shared: a question may outlive who asked it.
  struct Held {
    uint64_t end = 0;
    std::string id;
  };
  const auto held = std::make_shared<Held>();
  absl::Status status = ask([decision, held](Worker& worker) {
    World& world = worker.world();
    held->end = HeldEnd(world, decision.store);
    if (held->end != 0) {
      held->id = world.FindStore(decision.store)->state.list.id;
    }
    return worker.Decide(decision);
  });
  if (!status.ok()) return status;
  // It stands in the log even when nobody answers.
  const auto look = [store = decision.store, held](Worker& worker, bool& in_force) {
    return in_force = HeldEnd(worker.world(), store) != held->end;
  };
  const bool in_force = LookUntil(false, wait_ms, ask, look);
  return Json{{"store", decision.store},
              {"snapshot", held->id},
              {"action", decision.action == ListAction::kRelease ? "release" : "drop"},
              {"by", decision.by},
              {"in_force", in_force}};
}

}  // namespace shelf
