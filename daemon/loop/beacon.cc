#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "base/percent.h"
#include "loop/messages.h"

namespace shelf {
namespace {

constexpr int64_t kNeverMs = std::numeric_limits<int64_t>::max();

// When what needs so long of the store's trading time is done; what needs none, when the store is
// open next. kNeverMs: not within ten years.
int64_t ReadyMs(const Calendar& calendar, PartitionTime now, int32_t minutes) {
  if (minutes > 0) return calendar.After(now.ms, int64_t{minutes} * 60'000);
  const int64_t traded_a_moment_ms = calendar.After(now.ms, 1);
  return traded_a_moment_ms == kNeverMs ? kNeverMs : traded_a_moment_ms - 1;
}

bool Offers(const ChannelRules& channel, const std::string& method) {
  const std::vector<std::string>& methods = channel.methods;
  return methods.empty() || std::find(methods.begin(), methods.end(), method) != methods.end();
}

// A closed store serves no order, and a channel's customers get what the channel sells by.
void FillServices(const StoreInfo& info, const ChannelRules& channel, PartitionTime now,
                  v1::LocationState& state) {
  if (info.closed) return;
  for (const ServiceInfo& service : info.services) {
    if (!Offers(channel, service.method)) continue;
    const int64_t ready_ms = ReadyMs(info.calendar, now, service.ready_in_minutes);
    if (ready_ms == kNeverMs) continue;
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
  const std::vector<ChannelRules>& channels = world_.RulesOf(store).set->channels();
  const Tag tag{.kind = TagKind::kBeacon, .value = store.state.id.value};
  for (size_t c = 0; c < channels.size(); ++c) {
    if (channels[c].retired || (store.served >> c & 1) == 0) continue;
    v1::LocationState state;
    state.set_channel(channels[c].name);
    state.set_location(std::string(location));
    for (const auto& [channel, id] : store.info->channel_ids) {
      if (channel == channels[c].name) state.set_channel_location(id);
    }
    state.set_watermark_ms(store.state.watermark.ms);
    state.set_daemon_time_ms(now.ms);
    state.set_frozen(store.state.frozen());
    FillServices(*store.info, channels[c], now, state);
    state.set_version(versions_.Next());
    value_.clear();
    state.SerializeToString(&value_);
    key_ = JoinKey({channels[c].name, location});
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
