#include "shop.h"

#include <utility>
#include <vector>

#include "base/check.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {

absl::Status Shop::NoSource::Poll(int /*wait_ms*/, size_t /*records_max*/,
                                  std::vector<Record>& out) {
  out.clear();
  return absl::OkStatus();
}

Shop::Shop(std::string_view rules) {
  std::vector<RulesMessage> messages;
  std::unique_ptr<RuleSet> rule_set = RuleSet::Load(rules, messages);
  SHELF_CHECK(rule_set != nullptr, "the benchmark's rules are valid");
  const size_t channels = rule_set->channels().size();
  WorkerOptions options;
  options.writes_ticks = false;
  worker_ = std::make_unique<Worker>(options, std::move(rule_set),
                                     std::vector<OutputRoute>(channels), nullptr);
  (void)worker_->Restore();
  StartFacts facts;
  facts.caught_up = true;
  worker_->Begin(facts, {0}, source_, nullptr, sink_);
}

void Shop::Take(const std::string& key, const std::string& value) {
  worker_->Handle({.partition = 0, .offset = offset_++, .key = key, .value = value});
}

void Shop::Tick(int64_t time_ms) {
  v1::StockEvent event;
  event.set_source("shelfd");
  event.mutable_tick()->set_time_ms(time_ms);
  Take("", event.SerializeAsString());
}

}  // namespace shelf
