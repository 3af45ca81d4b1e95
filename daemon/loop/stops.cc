#include "loop/stops.h"

#include <algorithm>

#include "base/percent.h"
#include "shelf/v1/reference.pb.h"

namespace shelf {
bool IsExpired(const StopInfo& stop, PartitionTime now) {
  return stop.expires_at_ms > 0 && now.ms >= stop.expires_at_ms;
}

std::vector<const StopInfo*> StopsFor(const World& world, PositionId id, ChannelId channel) {
  const Position& position = world.positions[id];
  const std::string_view store = world.store_names.Text(position.store);
  const std::string_view sku = world.sku_names.Text(position.sku);
  const int32_t partition = world.stores[position.store.value].partition;
  const PartitionTime now = world.partitions[static_cast<size_t>(partition)]->now;
  const auto names = [](const std::string& scope, std::string_view name) {
    return scope.empty() || scope == name;
  };
  std::vector<const StopInfo*> holding;
  for (const StopInfo& stop : world.reference.stops()) {
    const bool meant = names(stop.sku, sku) && names(stop.store, store) &&
                       names(stop.channel, world.channel_names[channel.value]);
    if (meant && !IsExpired(stop, now)) holding.push_back(&stop);
  }
  return holding;
}

bool IsSwept(const StopInfo& stop, bool lifted, World& world) {
  if (!stop.sku.empty()) return true;  // done at once
  if (!stop.store.empty()) {
    const Store* const store = world.FindStore(stop.store);
    if (store == nullptr) return true;
    const SweepQueue& sweeps = world.PartitionOf(*store).sweeps;
    return !sweeps.WaitsInFirst(store->state.id) &&
           (!lifted || sweeps.WhyWaits(store->state.id) == nullptr);
  }
  return std::all_of(world.partitions.begin(), world.partitions.end(), [&](const auto& partition) {
    return partition == nullptr ||
           (lifted ? partition->sweeps.empty() : !partition->sweeps.AnyInFirst());
  });
}

size_t PositionsUnder(const StopInfo& stop, World& world) {
  const Store* const named = world.FindStore(stop.store);
  if (!stop.store.empty() && named == nullptr) return 0;
  if (stop.sku.empty()) {
    return named != nullptr ? named->state.index.size() : world.positions.size();
  }
  const SkuId sku = world.sku_names.Find(stop.sku);
  if (!sku.valid()) return 0;
  size_t positions = 0;
  for (const Store& store : world.stores) {
    if (named != nullptr && &store != named) continue;
    positions += store.state.index.Find(sku, world.positions).valid() ? 1 : 0;
  }
  return positions;
}

std::string StopKey(const std::string& id) { return JoinKey({"stop", id}); }

std::string StopValue(const StopInfo& stop, bool lifted) {
  v1::StopSale record;
  record.set_id(stop.id);
  record.set_sku(stop.sku);
  record.set_store(stop.store);
  record.set_channel(stop.channel);
  record.set_expires_at_ms(stop.expires_at_ms);
  record.set_by(stop.by);
  record.set_reason(stop.reason);
  record.set_lifted(lifted);
  return record.SerializeAsString();
}

}  // namespace shelf
