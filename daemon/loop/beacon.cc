#include <limits>

#include "base/percent.h"
#include "loop/messages.h"

namespace shelf {
namespace {

void FillServices(const StoreInfo& info, PartitionTime now, v1::LocationState& state) {
  for (const ServiceInfo& service : info.services) {
    const int64_t ready_ms =
        info.calendar.After(now.ms, int64_t{service.ready_in_minutes} * 60'000);
    if (ready_ms == std::numeric_limits<int64_t>::max()) continue;
    v1::ServiceLevel& level = *state.add_services();
    level.set_method(service.method);
    level.set_ready_at_ms(ready_ms);
  }
}

}  // namespace

void Beacon::Run(Partition& partition) {
  const bool all = partition.now >= partition.beacon_due;
  if (all) partition.beacon_due = PartitionTime{partition.now.ms + interval_ms_};
  for (const StoreId id : partition.stores) {
    Store& store = world_.StoreOf(id);
    if (all || store.beacon_due) store.beacon_due = !Send(store);
  }
}

bool Beacon::Send(Store& store) {
  if (store.info == nullptr) return true;  // becomes due when the store gets known
  const std::string_view location = world_.store_names.Text(store.state.id);
  const PartitionTime now = world_.PartitionOf(store).now;
  const std::vector<std::string>& channels = world_.channel_names;
  const Tag tag{.kind = TagKind::kBeacon, .value = store.state.id.value};
  for (size_t c = 0; c < channels.size(); ++c) {
    if ((store.served >> c & 1) == 0) continue;
    v1::LocationState state;
    state.set_channel(channels[c]);
    state.set_location(std::string(location));
    for (const auto& [channel, id] : store.info->channel_ids) {
      if (channel == channels[c]) state.set_channel_location(id);
    }
    state.set_watermark_ms(store.state.watermark.ms);
    state.set_daemon_time_ms(now.ms);
    state.set_frozen(store.state.frozen());
    FillServices(*store.info, now, state);
    state.set_version(versions_.Next());
    value_.clear();
    state.SerializeToString(&value_);
    key_ = JoinKey({channels[c], location});
    if (!sink_.TrySend({.topic = Topic::kLocations,
                        .partition = store.partition,
                        .key = key_,
                        .value = value_,
                        .headers = {},
                        .tag = tag.Pack()})) {
      return false;
    }
  }
  return true;
}

}  // namespace shelf
