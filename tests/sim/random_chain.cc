#include "sim/random_chain.h"

#include <limits>

#include "sim/oracle_hours.h"

namespace shelf::sim {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMinutes = 24 * 60;

}  // namespace

int64_t RandomChain::Ago(int64_t least_minutes, int64_t most_minutes) {
  return now_ms_ - chance_.Among(least_minutes, most_minutes) * kMinuteMs +
         (chance_.Percent(20) ? chance_.Below(kMinuteMs) : 0);
}

int64_t RandomChain::Units(int64_t least, int64_t most) {
  return chance_.Among(least, most) * 1000 + (chance_.Percent(15) ? chance_.Below(4) * 250 : 0);
}

void RandomChain::AddHours(v1::Store& record) {
  if (chance_.Percent(50)) return;
  record.set_timezone(chance_.OneOf(oracle::KnownZones()));
  for (int day = 1; day <= 7; ++day) {
    if (chance_.Percent(20)) continue;
    v1::OpeningHours& hours = *record.add_opening_hours();
    hours.set_weekday(day);
    hours.set_opens_minute(static_cast<int32_t>(chance_.Among(0, 20) * 60));
    hours.set_closes_minute(hours.opens_minute() + static_cast<int32_t>(chance_.Among(1, 14) * 45));
  }
  if (chance_.Percent(30)) {
    v1::SpecialDay& special = *record.add_special_days();
    special.set_date("2026-11-0" + std::to_string(chance_.Among(1, 4)));
    special.set_opens_minute(static_cast<int32_t>(chance_.Among(0, 600)));
    special.set_closes_minute(special.opens_minute() +
                              static_cast<int32_t>(chance_.Below(3) * 200));
  }
}

void RandomChain::PutStore(const std::string& store) {
  v1::Store record;
  record.set_store(store);
  record.set_region(chance_.OneOf(names.regions));
  if (chance_.Percent(50)) record.add_groups(chance_.OneOf(names.groups));
  if (chance_.Percent(70)) record.add_services()->set_method(chance_.OneOf(names.methods));
  record.set_closed(chance_.Percent(5));
  const auto declare = [&](const char* name, v1::SourceRole role, bool required) {
    v1::Source& source = *record.add_sources();
    source.set_name(name);
    source.set_role(role);
    source.set_required(required);
  };
  if (chance_.Percent(80)) {
    declare("erp", v1::SOURCE_ROLE_BOOK, false);
    declare("pos", v1::SOURCE_ROLE_EARLY, chance_.Percent(60));
  }
  AddHours(record);
  if (chance_.Percent(4)) record.set_gln("123");
  text_ << "  " << record.ShortDebugString() << "\n";
  log_.Append("reference", 0, "store/" + store, record.SerializeAsString());
}

void RandomChain::PutItem(const std::string& sku) {
  v1::Item record;
  record.set_sku(sku);
  if (chance_.Percent(60)) {
    for (const std::string& part : chance_.OneOf(names.categories)) record.add_category(part);
  }
  if (chance_.Percent(25)) record.set_step_milli(chance_.OneOf(std::vector<int64_t>{250, 500, 3}));
  if (chance_.Percent(10)) record.add_blocked_channels(chance_.OneOf(names.channels));
  if (chance_.Percent(4)) record.set_step_milli(-1);
  log_.Append("reference", 0, "item/" + sku, record.SerializeAsString());
}

void RandomChain::ChangeReference(int64_t now_ms) {
  now_ms_ = now_ms;
  const std::string& store = chance_.OneOf(names.stores);
  const std::string& sku = chance_.OneOf(names.skus);
  const auto remove = [&](const std::string& key) {
    MemoryRecord tombstone;
    tombstone.has_value = false;
    tombstone.key = key;
    log_.Append("reference", 0, tombstone);
  };
  switch (chance_.Below(8)) {
    case 0:
      return PutStore(store);
    case 1:
      return PutItem(sku);
    case 2:
      return remove(chance_.Percent(50) ? "item/" + sku : "listing/" + store + "/" + sku);
    case 3:
      if (chance_.Percent(30)) return remove("store/" + store);
      return PutItem(sku);
    case 4:
    case 5:
      return PutListing(store, sku);
    default:
      return PutStop(store, sku);
  }
}

void RandomChain::PutListing(const std::string& store, const std::string& sku) {
  v1::Listing listing;
  listing.set_store(store);
  listing.set_sku(sku);
  listing.set_delisted(chance_.Percent(30));
  if (chance_.Percent(40)) listing.add_channels(chance_.OneOf(names.channels));
  log_.Append("reference", 0, "listing/" + store + "/" + sku, listing.SerializeAsString());
}

void RandomChain::PutStop(const std::string& store, const std::string& sku) {
  v1::StopSale stop;
  stop.set_id("s" + std::to_string(chance_.Below(3)));
  if (chance_.Percent(60)) stop.set_sku(sku);
  if (chance_.Percent(40)) stop.set_store(store);
  if (chance_.Percent(40)) stop.set_channel(chance_.OneOf(names.channels));
  if (chance_.Percent(70)) {
    stop.set_expires_at_ms(now_ms_ + chance_.Among(-1, 20) * kMinuteMs + 1 + chance_.Below(3000));
  }
  stop.set_lifted(chance_.Percent(30));
  log_.Append("reference", 0, "stop/" + stop.id(), stop.SerializeAsString());
}

void RandomChain::Describe(int64_t now_ms) {
  now_ms_ = now_ms;
  for (const std::string& store : names.stores) {
    if (chance_.Percent(80)) PutStore(store);
  }
  for (const std::string& sku : names.skus) {
    if (chance_.Percent(80)) PutItem(sku);
  }
}

v1::StockEvent RandomChain::Blank(const std::string& source) {
  auto& [epoch, sequence] = order_[store_ + "/" + source];
  if (epoch == 0) epoch = static_cast<uint64_t>(chance_.Among(1, 3));
  if (chance_.Percent(2) && sequence > 0) {
    epoch += static_cast<uint64_t>(chance_.Among(1, 2));
    sequence = 0;
  }
  v1::StockEvent event;
  event.set_store(store_);
  event.set_source(source);
  event.set_epoch(epoch);
  event.set_sequence(++sequence);
  event.set_event_time_ms(Ago(0, chance_.Percent(3) ? 9 * kDayMinutes : 3));
  return event;
}

// Something that cannot be used, or not wholly.
void RandomChain::Spoil(v1::StockEvent& event) {
  switch (chance_.Below(7)) {
    case 0:
      event.set_event_time_ms(now_ms_ + 7 * kMinuteMs);
      break;
    case 1:
      event.clear_body();
      break;
    case 2:
      event.set_event_time_ms(-5);
      break;
    case 3:
      event.set_complete_through_ms(now_ms_ + kHourMs);
      break;
    case 4:
      if (event.has_deltas()) event.mutable_deltas()->add_lines()->set_sku("");
      if (event.has_snapshot_chunk()) event.mutable_snapshot_chunk()->add_lines();
      break;
    case 5:
      if (event.has_deltas() && event.deltas().lines_size() > 0) {
        event.mutable_deltas()->mutable_lines(0)->set_quantity_milli(
            std::numeric_limits<int64_t>::min());
      }
      if (event.has_counts() && event.counts().lines_size() > 0) {
        event.mutable_counts()->mutable_lines(0)->set_quantity_milli(-1);
      }
      break;
    default:
      if (event.has_deltas()) event.mutable_deltas()->set_reason(static_cast<v1::Reason>(40));
  }
}

void RandomChain::Append(const v1::StockEvent& event) {
  text_ << "  " << event.ShortDebugString() << "\n";
  const int64_t wrong = chance_.Below(150);
  if (wrong == 0) {
    log_.Append("stock-events", 1, event.store(), event.SerializeAsString());
  } else if (wrong == 1) {
    log_.Append("stock-events", -1, event.store(), "\x07\x99garbage");
  } else if (wrong == 2) {
    log_.Append("stock-events", -1, "other", event.SerializeAsString());
  } else {
    log_.Append("stock-events", -1, event.store(), event.SerializeAsString());
  }
}

// Some are lost for good, some come late, some twice.
void RandomChain::Send(const v1::StockEvent& given) {
  v1::StockEvent event = given;
  if (chance_.Percent(5)) Spoil(event);
  sent_.push_back(event);
  if (chance_.Percent(3)) return;
  if (chance_.Percent(8)) {
    late_.push_back(event);
    return;
  }
  Append(event);
  if (chance_.Percent(5)) Append(event);
}

void RandomChain::Movement() {
  const std::string source = chance_.OneOf(Texts{"erp", "erp", "pos", "pos", "pos", "scan", "wms"});
  v1::StockEvent event = Blank(source);
  if (source == "erp") event.set_event_time_ms(Ago(0, 40));
  if (chance_.Percent(30)) event.set_complete_through_ms(Ago(0, source == "erp" ? 30 : 2));
  v1::Deltas& deltas = *event.mutable_deltas();
  const bool sale = chance_.Percent(60);
  deltas.set_reason(sale ? v1::REASON_SALE
                         : static_cast<v1::Reason>(
                               chance_.Among(v1::REASON_RETURN, v1::REASON_SHELF_REPLENISHMENT)));
  for (int64_t lines = chance_.Among(1, 3); lines > 0; --lines) {
    v1::DeltaLine& line = *deltas.add_lines();
    line.set_sku(chance_.OneOf(names.skus));
    line.set_quantity_milli(sale ? -Units(1, 3) : Units(-1, 6));
    if (chance_.Percent(15)) line.set_reason(v1::REASON_RETURN);
  }
  if (chance_.Percent(25) && names_ > 0) {
    deltas.set_settles_reservation("o" + std::to_string(chance_.Below(names_ + 2)));
    deltas.set_settles_in_part(chance_.Percent(50));
  }
  Send(event);
}

void RandomChain::List() {
  const int64_t time_ms = Ago(0, 10);
  const int64_t claim_ms = chance_.Percent(70) ? Ago(0, 30) : 0;
  const std::string name = "L" + std::to_string(names_ + static_cast<int>(chance_.Below(2)));
  const std::string source = chance_.Percent(95) ? "erp" : "wms";
  const auto part = [&] {
    v1::StockEvent event = Blank(source);
    event.set_event_time_ms(time_ms);
    event.set_complete_through_ms(claim_ms);
    return event;
  };
  v1::StockEvent begin = part();
  begin.mutable_snapshot_begin()->set_snapshot_id(name);
  Send(begin);
  uint64_t lines = 0;
  for (int64_t parts = chance_.Among(0, 2); parts > 0; --parts) {
    v1::StockEvent chunk = part();
    chunk.mutable_snapshot_chunk()->set_snapshot_id(name);
    for (const std::string& sku : names.skus) {
      if (chance_.Percent(50)) continue;
      v1::BookLine& line = *chunk.mutable_snapshot_chunk()->add_lines();
      line.set_sku(sku);
      line.set_quantity_milli(Units(-1, 12));
      ++lines;
    }
    Send(chunk);
    if (chance_.Percent(20)) Movement();
  }
  v1::StockEvent end = part();
  end.mutable_snapshot_end()->set_snapshot_id(name);
  end.mutable_snapshot_end()->set_line_count(chance_.Percent(8) ? lines + 1 : lines);
  Send(end);
}

void RandomChain::Document(int64_t now_ms) {
  now_ms_ = now_ms;
  store_ = chance_.OneOf(names.stores);
  const int64_t kind = chance_.Below(100);
  if (kind < 45) {
    Movement();
  } else if (kind < 57) {
    List();
  } else if (kind < 65) {
    Count();
  } else if (kind < 72) {
    Pick();
  } else if (kind < 85) {
    Order();
  } else {
    Promise();
  }
  if (!late_.empty() && chance_.Percent(20)) {
    Append(late_.back());
    late_.pop_back();
  }
  if (!sent_.empty() && chance_.Percent(3)) Append(chance_.OneOf(sent_));
}

void RandomChain::Count() {
  v1::StockEvent event = Blank(chance_.OneOf(Texts{"scan", "scan", "erp", "wms"}));
  event.set_event_time_ms(Ago(0, chance_.Percent(15) ? 9 * kDayMinutes : 30));
  for (const std::string& sku : names.skus) {
    if (chance_.Percent(60)) continue;
    v1::CountLine& line = *event.mutable_counts()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(Units(0, 9));
    line.set_shelf_only(chance_.Percent(20));
  }
  Send(event);
}

void RandomChain::Pick() {
  v1::StockEvent event = Blank("picking");
  v1::PickLine& line = *event.mutable_pick_results()->add_lines();
  line.set_sku(chance_.OneOf(names.skus));
  line.set_requested_milli(Units(1, 3));
  line.set_found_milli(chance_.Percent(60) ? 0 : Units(1, 3));
  Send(event);
}

void RandomChain::Order() {
  v1::StockEvent event = Blank(chance_.Percent(85) ? "oms" : "pos");
  if (chance_.Percent(25)) {
    event.mutable_release()->set_reservation_id("o" + std::to_string(chance_.Below(names_ + 1)));
    return Send(event);
  }
  v1::Reserve& reserve = *event.mutable_reserve();
  const int64_t known = names_ > 0 && chance_.Percent(25) ? chance_.Below(names_) : names_++;
  reserve.set_reservation_id("o" + std::to_string(known));
  if (chance_.Percent(70)) reserve.set_channel(chance_.OneOf(names.channels));
  if (chance_.Percent(60)) reserve.set_expires_at_ms(Ago(-30, 0));
  for (int64_t lines = chance_.Among(1, 2); lines > 0; --lines) {
    v1::ReserveLine& line = *reserve.add_lines();
    line.set_sku(chance_.OneOf(names.skus));
    line.set_quantity_milli(Units(0, 3));
  }
  if (chance_.Percent(3)) reserve.set_reservation_id("");
  Send(event);
}

// A heartbeat, or what is on its way.
void RandomChain::Promise() {
  v1::StockEvent event = Blank(chance_.OneOf(Texts{"erp", "pos", "pos", "scan"}));
  if (chance_.Percent(10)) {
    event.mutable_expected_receipts()->set_document("d");
    event.mutable_expected_receipts()->add_lines()->set_sku(chance_.OneOf(names.skus));
    return Send(event);
  }
  event.mutable_heartbeat();
  if (chance_.Percent(30)) event.set_event_time_ms(0);
  event.set_complete_through_ms(Ago(0, event.source() == "erp" ? 20 : 1));
  Send(event);
}

}  // namespace shelf::sim
