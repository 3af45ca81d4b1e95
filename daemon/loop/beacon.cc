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
  const std::vector<ChannelRules>& channels = world_.RulesOf(store).set->channels();
  for (size_t c = 0; c < channels.size(); ++c) {
    const ChannelSet bit = ChannelSet{1} << c;
    if (!channels[c].retired) store.states_ended &= ~bit;
    const bool due =
        channels[c].retired ? (store.states_ended & bit) == 0 : (store.served & bit) != 0;
    if (due && !SendState(store, ChannelId(static_cast<uint16_t>(c)), channels[c])) return false;
  }
  return true;
}

void Beacon::Fill(const Store& store, const ChannelRules& channel, v1::LocationState& state) {
  const PartitionTime now = world_.PartitionOf(store).now;
  state.set_channel(channel.name);
  state.set_location(std::string(world_.store_names.Text(store.state.id)));
  for (const auto& [name, id] : store.info->channel_ids) {
    if (name == channel.name) state.set_channel_location(id);
  }
  state.set_watermark_ms(store.state.watermark.ms);
  state.set_daemon_time_ms(now.ms);
  state.set_frozen(store.state.frozen());
  state.set_ended(channel.retired);
  if (!channel.retired) FillServices(*store.info, channel, now, state);
  state.set_version(versions_.Next());
}

bool Beacon::SendState(const Store& store, ChannelId channel, const ChannelRules& rules) {
  v1::LocationState state;
  Fill(store, rules, state);
  value_.clear();
  state.SerializeToString(&value_);
  key_ = JoinKey({state.channel(), state.location()});
  const Tag tag{.kind = rules.retired ? TagKind::kStateEnded : TagKind::kBeacon,
                .channel = channel,
                .value = store.state.id.value};
  return sink_.TrySend({.topic = Topic::kLocations,
                        .partition = store.partition,
                        .key = key_,
                        .value = value_,
                        .headers = {},
                        .tag = tag.Pack()});
}

void Beacon::Delivered(const Delivery& delivery) {
  const Tag tag = Tag::Unpack(delivery.tag);
  Store& store = world_.StoreOf(StoreId(tag.value));
  if (!delivery.status.ok()) {
    store.beacon_due = true;  // it may have said what changed at once
  } else if (tag.kind == TagKind::kStateEnded &&
             world_.RulesOf(store).set->channels()[tag.channel.value].retired) {
    store.states_ended |= ChannelSet{1} << tag.channel.value;
  }
}

bool Beacon::StatesAreEnded(const Partition& partition) const {
  ChannelSet retired = 0;
  const std::vector<ChannelRules>& channels = partition.rules->set->channels();
  for (size_t c = 0; c < channels.size(); ++c) {
    if (channels[c].retired) retired |= ChannelSet{1} << c;
  }
  return retired == 0 ||
         std::all_of(partition.stores.begin(), partition.stores.end(), [&](StoreId id) {
           const Store& store = world_.StoreOf(id);
           return store.info == nullptr || (retired & ~store.states_ended) == 0;
         });
}

}  // namespace shelf
