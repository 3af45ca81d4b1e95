#include "loop/messages.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {

void Ticker::Run(int64_t wall_ms, int64_t reference_offset) {
  if (last_round_ms_ != INT64_MIN && wall_ms >= last_round_ms_ &&
      wall_ms - last_round_ms_ < interval_ms_) {
    return;
  }
  last_round_ms_ = wall_ms;
  v1::StockEvent event;
  event.set_source("shelfd");
  event.set_epoch(incarnation_ + 1);  // 0 would be "not set" on the wire
  event.set_sequence(++count_);
  v1::Tick& tick = *event.mutable_tick();
  tick.set_time_ms(wall_ms);
  tick.set_rule_set(world_.rules->set->hash());
  tick.set_reference_offset(reference_offset);
  const std::string value = event.SerializeAsString();
  for (const auto& partition : world_.partitions) {
    // Never two on the way: an outage's worth of ticks let loose at its end would feign silence.
    if (partition == nullptr || unacknowledged_.contains(partition->id)) continue;
    const Tag tag{.kind = TagKind::kTick, .value = static_cast<uint32_t>(partition->id)};
    if (sink_.TrySend({.topic = Topic::kStockEvents,
                       .partition = partition->id,
                       .key = {},
                       .value = value,
                       .headers = {},
                       .tag = tag.Pack()})) {
      unacknowledged_.insert(partition->id);
    }
  }
}

void Ticker::Delivered(const Delivery& delivery) {
  // Failed or not, it is not on the way any more.
  unacknowledged_.erase(static_cast<int32_t>(Tag::Unpack(delivery.tag).value));
}

}  // namespace shelf
