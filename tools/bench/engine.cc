#include "engine.h"

#include <array>
#include <ctime>
#include <random>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "loop/worker.h"
#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {
namespace {

constexpr int64_t kStartMs = 1'793'599'200'000;

constexpr std::string_view kRules = R"(version: 1
channels:
  own-site:
    limited_at: 2
    rules:
      - {id: all, sync_lag: [{over: 30m, keep: 80%}, {over: 4h, keep: 0%}], safety_stock: {subtract: 1}, limits: {cap: 50}}
      - {id: fresh, when: {category: [Fresh]}, safety_stock: {percent: 10}}
  market:
    rules:
      - {id: market, presence: {after_nil_pick: until_evidence}, safety_stock: {subtract: 2}}
  express:
    rules:
      - {id: express, safety_stock: {subtract: 3}, limits: {cutoff_below: 2}}
  app:
    rules:
      - {id: app, sync_lag: [{over: 1h, subtract: 1}]}
)";

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Takes everything and acknowledges it at the next Drain.
class CountingSink final : public Sink {
 public:
  bool TrySend(const OutRecord& record) override {
    waiting_.push_back({.topic = record.topic,
                        .partition = 0,
                        .offset = next_offset_[static_cast<size_t>(record.topic)]++,
                        .tag = record.tag,
                        .status = {}});
    return true;
  }
  void Drain(int /*wait_ms*/, std::vector<Delivery>& out) override {
    out.insert(out.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
  }

 private:
  std::array<int64_t, 16> next_offset_ = {};  // by topic
  std::vector<Delivery> waiting_;
};

// Hands out prepared records, as many a Poll as it is asked for.
class PreparedSource final : public Source {
 public:
  void Set(const std::vector<Record>& records) { rest_ = absl::MakeConstSpan(records); }
  bool empty() const { return rest_.empty(); }
  absl::Status Poll(int /*wait_ms*/, size_t records_max, std::vector<Record>& out) override {
    const auto now = rest_.subspan(0, std::min(records_max, rest_.size()));
    out.assign(now.begin(), now.end());
    rest_.remove_prefix(now.size());
    return absl::OkStatus();
  }

 private:
  absl::Span<const Record> rest_;
};

class Bench {
 public:
  Bench(const EngineBenchOptions& options, bool caught_up)
      : options_(options), random_(options.seed) {
    std::vector<RulesMessage> messages;
    std::unique_ptr<RuleSet> rules = RuleSet::Load(kRules, messages);
    const size_t channels = rules->channels().size();
    WorkerOptions worker_options;
    worker_options.writes_ticks = false;
    worker_options.outbox_keys_max = SIZE_MAX;
    worker_options.in_flight_max = SIZE_MAX;
    worker_ = std::make_unique<Worker>(worker_options, std::move(rules),
                                       std::vector<OutputRoute>(channels), nullptr);
    (void)worker_->Restore();
    StartFacts facts;
    facts.caught_up = caught_up;
    worker_->Begin(facts, {0}, source_, nullptr, sink_);
    sequences_.resize(static_cast<size_t>(options.stores));
  }

  void LoadReference() {
    for (int s = 0; s < options_.stores; ++s) {
      v1::Store store;
      store.set_store(StoreName(s));
      worker_->HandleReference("store/" + store.store(), store.SerializeAsString(), {});
    }
    for (int k = 0; k < options_.skus; ++k) {
      v1::Item item;
      item.set_sku(SkuName(k));
      item.add_category(k % 5 == 0 ? "Fresh" : "Grocery");
      worker_->HandleReference("item/" + item.sku(), item.SerializeAsString(), {});
    }
  }

  void MakeLists() {
    for (int s = 0; s < options_.stores; ++s) {
      v1::StockEvent begin = Envelope(s, kStartMs);
      begin.mutable_snapshot_begin()->set_snapshot_id("list");
      Add(begin);
      for (int k = 0; k < options_.skus; k += 500) {
        v1::StockEvent chunk = Envelope(s, kStartMs);
        chunk.mutable_snapshot_chunk()->set_snapshot_id("list");
        for (int n = k; n < std::min(k + 500, options_.skus); ++n) {
          v1::BookLine& line = *chunk.mutable_snapshot_chunk()->add_lines();
          line.set_sku(SkuName(n));
          line.set_quantity_milli(static_cast<int64_t>(random_() % 40) * 1000);
        }
        Add(chunk);
      }
      v1::StockEvent end = Envelope(s, kStartMs);
      end.mutable_snapshot_end()->set_snapshot_id("list");
      end.mutable_snapshot_end()->set_line_count(static_cast<uint64_t>(options_.skus));
      Add(end);
    }
    AddTick(kStartMs + 1000);
  }

  void MakeSales() {
    const int64_t events = options_.lines / options_.lines_per_event;
    for (int64_t e = 0; e < events; ++e) {
      v1::StockEvent sale = Envelope(static_cast<int>(random_() % sequences_.size()),
                                     kStartMs + 2000 + e * 3'600'000 / events);
      sale.mutable_deltas()->set_reason(v1::REASON_SALE);
      for (int n = 0; n < options_.lines_per_event; ++n) {
        v1::DeltaLine& line = *sale.mutable_deltas()->add_lines();
        line.set_sku(SkuName(static_cast<int>(random_() % static_cast<uint64_t>(options_.skus))));
        line.set_quantity_milli(-1000);
      }
      Add(sale);
      if (e % (events / 100 + 1) == 0) AddTick(sale.event_time_ms());
    }
  }

  // CPU seconds for all records made since the last call.
  double Run() {
    std::vector<Record> records;
    for (const auto& [offset, text] : places_) {
      records.push_back(
          {.partition = 0, .offset = offset, .key = text.first, .value = text.second});
    }
    source_.Set(records);
    const double before = CpuSeconds();
    while (!source_.empty()) (void)worker_->RunOnce(0, 0);
    (void)worker_->RunOnce(0, 0);
    const double cpu_s = CpuSeconds() - before;
    places_.clear();
    return cpu_s;
  }

  Worker& worker() { return *worker_; }

 private:
  static std::string StoreName(int s) { return absl::StrFormat("%06d", 100 + s); }
  static std::string SkuName(int k) { return absl::StrFormat("46012340%05d", k); }

  v1::StockEvent Envelope(int store, int64_t time_ms) {
    v1::StockEvent event;
    event.set_store(StoreName(store));
    event.set_source("erp");
    event.set_epoch(1);
    event.set_sequence(++sequences_[static_cast<size_t>(store)]);
    event.set_event_time_ms(time_ms);
    event.set_complete_through_ms(time_ms);
    return event;
  }
  void Add(const v1::StockEvent& event) {
    places_.push_back({next_offset_++, {event.store(), event.SerializeAsString()}});
  }
  void AddTick(int64_t time_ms) {
    v1::StockEvent event;
    event.set_source("shelfd");
    event.mutable_tick()->set_time_ms(time_ms);
    Add(event);
  }

  const EngineBenchOptions options_;
  std::mt19937_64 random_;
  CountingSink sink_;
  PreparedSource source_;
  std::unique_ptr<Worker> worker_;
  std::vector<uint64_t> sequences_;
  int64_t next_offset_ = 0;
  std::vector<std::pair<int64_t, std::pair<std::string, std::string>>> places_;
};

void Measure(Bench& bench, EngineBenchResult& result) {
  World& world = bench.worker().world();
  result.positions = world.positions.size();
  result.position_bytes = static_cast<int64_t>(world.positions.bytes());
  for (const Store& store : world.stores) {
    result.store_bytes += static_cast<int64_t>(store.state.bytes());
    result.ring_bytes += static_cast<int64_t>(store.state.ring.bytes());
  }
  result.name_bytes = static_cast<int64_t>(world.store_names.bytes() + world.sku_names.bytes());
  for (uint32_t p = 0; p < world.positions.size(); ++p) {
    const auto on_hand = static_cast<uint64_t>(world.positions[PositionId(p)].on_hand_milli);
    result.hash = (result.hash ^ on_hand) * 0x100000001b3U;
  }
}

}  // namespace

EngineBenchResult RunEngineBench(const EngineBenchOptions& options) {
  EngineBenchResult result;
  {
    Bench live(options, /*caught_up=*/true);
    live.LoadReference();
    live.MakeLists();
    result.load_cpu_s = live.Run();
    const uint64_t published_before = live.worker().publisher().published();
    live.MakeSales();
    result.sales_cpu_s = live.Run();
    Measure(live, result);
    result.published =
        static_cast<int64_t>(live.worker().publisher().published() - published_before);
  }
  Bench behind(options, /*caught_up=*/false);
  behind.LoadReference();
  behind.MakeLists();
  behind.Run();
  behind.MakeSales();
  result.intake_cpu_s = behind.Run();
  result.lines = options.lines;
  return result;
}

std::string EngineBenchText(const EngineBenchResult& r) {
  const auto lines = static_cast<double>(r.lines);
  const auto positions = static_cast<double>(r.positions);
  std::string text;
  absl::StrAppendFormat(&text, "engine over memory, 4 channels, %d positions, %d lines\n",
                        r.positions, r.lines);
  absl::StrAppendFormat(&text, "  decode + apply           %6.3f us CPU a line, %5.2f M lines/s\n",
                        r.intake_cpu_s * 1e6 / lines, lines / r.intake_cpu_s / 1e6);
  absl::StrAppendFormat(
      &text,
      "  + evaluate and publish   %6.3f us CPU a line, %5.2f M lines/s, %.2f records a line\n",
      r.sales_cpu_s * 1e6 / lines, lines / r.sales_cpu_s / 1e6,
      static_cast<double>(r.published) / lines);
  absl::StrAppendFormat(&text, "  full lists               %6.3f us CPU a line\n",
                        r.load_cpu_s * 1e6 / positions);
  absl::StrAppendFormat(
      &text,
      "  bytes a position         %5.1f (position and slots %.1f, index %.1f, names %.1f), rings "
      "%.1f\n",
      static_cast<double>(r.position_bytes + r.store_bytes - r.ring_bytes + r.name_bytes) /
          positions,
      static_cast<double>(r.position_bytes) / positions,
      static_cast<double>(r.store_bytes - r.ring_bytes) / positions,
      static_cast<double>(r.name_bytes) / positions, static_cast<double>(r.ring_bytes) / positions);
  absl::StrAppendFormat(&text, "  hash                     %016x\n", r.hash);
  return text;
}

}  // namespace shelf
