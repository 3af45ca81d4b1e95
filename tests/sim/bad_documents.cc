// What a store sends that has to be refused, wholly or in part.
#include "absl/strings/str_cat.h"
#include "sim/agents.h"

namespace shelf::sim {
namespace {

constexpr int64_t kHourMs = 3'600'000;

void AddLine(const std::string& sku, int64_t milli, v1::StockEvent& event) {
  event.mutable_deltas()->set_reason(v1::REASON_SALE);
  v1::DeltaLine& line = *event.mutable_deltas()->add_lines();
  line.set_sku(sku);
  line.set_quantity_milli(milli);
}

}  // namespace

void Agents::SendBad(const Step& step, int64_t now_ms, Chance& chance) {
  v1::StockEvent event = Blank(step.source, now_ms);
  const auto post = [&](std::string key, std::optional<std::string> value, int32_t partition) {
    network_.SendAt(now_ms, {.store = store_,
                             .key = std::move(key),
                             .value = std::move(value),
                             .partition = partition});
  };
  switch (step.amount) {
    case 0:
      return post(name(), "no event at all", -1);
    case 1:
      return post(name(), std::nullopt, -1);
    case 2:  // no sequence
      AddLine(Sku(step), -1000, event);
      return post(name(), event.SerializeAsString(), -1);
    case 3:  // another store's key; it may be of a sequence to come
      AddLine(Sku(step), -1000, event);
      event.set_epoch(sources_[step.source].epoch);
      event.set_sequence(sources_[step.source].sequence + 1);
      return post("another", event.SerializeAsString(), -1);
    case 4:  // any partition, the right one perhaps
      AddLine(Sku(step), -1000, event);
      event.set_epoch(sources_[step.source].epoch);
      event.set_sequence(sources_[step.source].sequence + static_cast<uint64_t>(chance.In(1, 3)));
      return post(name(), event.SerializeAsString(),
                  static_cast<int32_t>(chance.Below(plan_.partitions)));
    case 5:
      event.set_source(std::string(65, 's'));
      AddLine(Sku(step), -1000, event);
      return post(name(), event.SerializeAsString(), -1);
    case 6:
      AddLine(Sku(step), -1000, event);
      event.set_event_time_ms(now_ms + kHourMs);
      break;
    case 7:
      event.set_complete_through_ms(now_ms + kHourMs);
      event.mutable_heartbeat();
      break;
    case 8:
      break;  // no body
    case 9:
      AddLine("", -1000, event);
      AddLine(Sku(step), -1000, event);
      AddLine(std::string(129, 'x'), -1000, event);
      break;
    case 10:
      AddLine(Sku(step), -2'000'000'000'000'000, event);
      AddLine(Sku(step), -1000, event);
      break;
    case 11:
      AddLine(Sku(step), -1000, event);
      event.set_event_time_ms(0);
      break;
    case 12: {  // a count below nothing, and one that may be older than the history
      event.set_event_time_ms(now_ms - 30 * kHourMs);
      v1::CountLine& line = *event.mutable_counts()->add_lines();
      line.set_sku(Sku(step));
      line.set_quantity_milli(-1000);
      v1::CountLine& other = *event.mutable_counts()->add_lines();
      other.set_sku(chance.Of(plan_.names.skus));
      other.set_quantity_milli(3000);
      break;
    }
    case 13:  // the end of a list that never began
      event.mutable_snapshot_end()->set_snapshot_id("nobody's");
      break;
    case 14:
      event.mutable_reserve()->set_reservation_id("");
      break;
    default: {  // reasons that nobody knows
      AddLine(Sku(step), -1000, event);
      AddLine(Sku(step), -1000, event);
      event.mutable_deltas()->mutable_lines(1)->set_reason(static_cast<v1::Reason>(77));
      break;
    }
  }
  Send(step.source, event, now_ms, chance);
}

}  // namespace shelf::sim
