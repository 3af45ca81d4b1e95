#include "replay/log_book.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/percent.h"
#include "rules/rule_set.h"
#include "shelf/v1/reference.pb.h"

namespace shelf {
namespace {

constexpr char kEvents[] = "stock-events";
constexpr char kReference[] = "reference";

}  // namespace

std::string KeepBack(int kept_back) {
  return absl::StrCat(
      "version: 1\nchannels:\n  site:\n    trace: true\n    rules:\n      - {id: keep, "
      "safety_stock: {subtract: ",
      kept_back, "}}\n");
}

std::string HashOf(const std::string& rules) {
  std::vector<RulesMessage> messages;
  const auto set = RuleSet::Load(rules, messages);
  SHELF_CHECK(set != nullptr, "the test's rules");
  return set->hash();
}

LogBook::LogBook(const std::string& rules) : rules_({rules}) {
  log_.CreateTopic(kEvents, 1);
  log_.CreateTopic(kReference, 1);
  log_.set_now_ms(now_ms_);
}

void LogBook::Wait(int64_t ms) {
  now_ms_ += ms;
  log_.set_now_ms(now_ms_);
}

void LogBook::SwitchRules(const std::string& rules) { rules_.push_back(rules); }

void LogBook::Tick(int64_t step_ms) {
  Wait(step_ms);
  v1::StockEvent event;
  event.set_source("shelfd");
  event.set_epoch(kBookIncarnation + 1);
  event.set_sequence(++ticks_);
  event.mutable_tick()->set_time_ms(now_ms_);
  event.mutable_tick()->set_rule_set(HashOf(rules_.back()));
  event.mutable_tick()->set_reference_offset(log_.HighWatermark(kReference, 0) - 1);
  log_.Append(kEvents, 0, "", event.SerializeAsString());
}

void LogBook::PutStore(const std::string& store) {
  v1::Store record;
  record.set_store(store);
  v1::Source& book = *record.add_sources();
  book.set_name("erp");
  book.set_role(v1::SOURCE_ROLE_BOOK);
  v1::Source& till = *record.add_sources();
  till.set_name("pos");
  till.set_role(v1::SOURCE_ROLE_EARLY);
  log_.Append(kReference, 0, JoinKey({"store", store}), record.SerializeAsString());
}

void LogBook::PutItem(const std::string& sku, const std::string& category) {
  v1::Item record;
  record.set_sku(sku);
  if (!category.empty()) record.add_category(category);
  log_.Append(kReference, 0, JoinKey({"item", sku}), record.SerializeAsString());
}

v1::StockEvent LogBook::Document(const std::string& store, const std::string& source) {
  return documents_.Next(store, source, now_ms_);
}

void LogBook::Append(const v1::StockEvent& event) {
  last_ = event;
  log_.Append(kEvents, 0, event.store(), event.SerializeAsString());
}

void LogBook::Repeat() { Append(v1::StockEvent(last_)); }

void LogBook::List(const std::string& store, const std::map<std::string, int64_t>& units) {
  for (const v1::StockEvent& part : documents_.List(store, units, now_ms_)) Append(part);
}

void LogBook::Sell(const std::string& store, const std::string& sku, int64_t units) {
  Append(documents_.Movement(store, "pos", v1::REASON_SALE, sku, -units, now_ms_));
}

void LogBook::Adjust(const std::string& store, const std::string& sku, int64_t units) {
  Append(documents_.Movement(store, "erp", v1::REASON_ADJUSTMENT, sku, units, now_ms_));
}

void LogBook::Count(const std::string& store, const std::string& sku, int64_t units) {
  Append(documents_.Count(store, sku, units, now_ms_));
}

void LogBook::Reserve(const std::string& store, const std::string& id, const std::string& sku,
                      int64_t units) {
  ReserveLines(store, id, {{sku, units}});
}

void LogBook::ReserveLines(const std::string& store, const std::string& id,
                           const std::vector<std::pair<std::string, int64_t>>& lines,
                           const std::string& channel) {
  v1::StockEvent event = Document(store, "oms");
  event.mutable_reserve()->set_reservation_id(id);
  event.mutable_reserve()->set_channel(channel);
  for (const auto& [sku, units] : lines) {
    v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(units * 1000);
  }
  Append(event);
}

void LogBook::Pick(const std::string& store, const std::string& id, const std::string& sku,
                   int64_t requested, int64_t found) {
  v1::StockEvent event = documents_.Pick(store, sku, requested, found, now_ms_);
  event.mutable_pick_results()->set_reservation_id(id);
  Append(event);
}

void LogBook::Settle(const std::string& store, const std::string& id, const std::string& sku,
                     int64_t units) {
  v1::StockEvent event = documents_.Movement(store, "pos", v1::REASON_SALE, sku, -units, now_ms_);
  event.mutable_deltas()->set_settles_reservation(id);
  Append(event);
}

void LogBook::SettlePart(const std::string& store, const std::string& source, const std::string& id,
                         const std::string& sku, int64_t units) {
  v1::StockEvent event = documents_.Movement(store, source, v1::REASON_SALE, sku, -units, now_ms_);
  event.mutable_deltas()->set_settles_reservation(id);
  event.mutable_deltas()->set_settles_in_part(true);
  Append(event);
}

void LogBook::StartOver(const std::string& store, const std::string& source) {
  documents_.StartOver(store, source);
}

RecordingInfo LogBook::Info() const {
  RecordingInfo info;
  info.made_ms = kBookStartMs;
  info.partitions_total = 1;
  info.ring_bytes_max_per_store = 4 << 20;
  info.ring_age_max_ms = 7LL * 24 * 3600 * 1000;
  info.events[0] = {};
  return info;
}

RecordingInfo LogBook::Record(const std::string& folder, RecordingInfo info) {
  const int64_t events_from = info.events.at(0).first;
  const int64_t reference_from = info.of_reference.first;
  auto recorder = Recorder::Begin(folder, std::move(info), [this](const std::string& hash) {
    for (const std::string& text : rules_) {
      if (HashOf(text) == hash) return absl::StatusOr<std::string>(text);
    }
    return absl::StatusOr<std::string>(absl::NotFoundError("nobody knows it"));
  });
  SHELF_CHECK(recorder.ok(), "an empty folder takes a recording");
  MemorySource events(&log_, kEvents, {{0, events_from}});
  MemorySource reference(&log_, kReference, {{0, reference_from}});
  RecordLimits limits;
  limits.until_ms = now_ms_ + 1;
  limits.ends = [this]() -> absl::StatusOr<std::map<int32_t, int64_t>> {
    return std::map<int32_t, int64_t>{{0, log_.HighWatermark(kEvents, 0)}};
  };
  limits.wall_ms = [this] { return now_ms_ + 1; };
  limits.keep_on = [] { return true; };
  SHELF_CHECK(RecordLog(events, reference, **recorder, limits).ok(), "memory has no trouble");
  return (*recorder)->info();
}

}  // namespace shelf
