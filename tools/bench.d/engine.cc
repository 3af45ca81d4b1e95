#include "engine.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "loop/worker.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {
namespace {

constexpr int64_t kStartMs = 1'793'599'200'000;

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
  Bench(const LoadOptions& options, bool caught_up) : options_(options), load_(options) {
    std::vector<RulesMessage> messages;
    std::unique_ptr<RuleSet> rules = RuleSet::Load(kLoadRules, messages);
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
  }

  void LoadReference() {
    load_.Reference([this](const std::string& key, const std::string& value) {
      worker_->HandleReference(key, value, {});
    });
  }

  void MakeLists() {
    said_ += load_.Opening(kStartMs, adder_).hash;
    AddTick(kStartMs + 1000);
  }

  // A tick goes before each hundredth part.
  void MakeSales() {
    const int64_t events = std::max<int64_t>(1, options_.lines / options_.lines_per_event);
    const auto time_of = [this, events](int64_t event) {
      const int64_t time_ms = kStartMs + 2000 + event * 3'600'000 / events;
      if (event % (events / 100 + 1) == 0) AddTick(time_ms);
      return time_ms;
    };
    const LoadCounts counts = load_.Sales(time_of, adder_);
    lines_ = counts.lines;
    said_ += counts.hash;
  }

  // CPU seconds for all records made since the last call.
  double Run() {
    std::vector<Record> records;
    for (const auto& [offset, text] : places_) {
      records.push_back(
          {.partition = 0, .offset = offset, .key = text.first, .value = text.second});
    }
    source_.Set(records);
    const Stopwatch watch;
    while (!source_.empty()) (void)worker_->RunOnce(0, 0);
    (void)worker_->RunOnce(0, 0);
    const double cpu_s = watch.cpu_s();
    places_.clear();
    return cpu_s;
  }

  Worker& worker() { return *worker_; }
  int64_t lines() const { return lines_; }
  uint64_t said() const { return said_; }  // the hash of all lines made

 private:
  void Add(const std::string& key, const std::string& value) {
    places_.push_back({next_offset_++, {key, value}});
  }
  void AddTick(int64_t time_ms) {
    v1::StockEvent event;
    event.set_source("shelfd");
    event.mutable_tick()->set_time_ms(time_ms);
    Add("", event.SerializeAsString());
  }

  const LoadOptions options_;
  Load load_;
  const Load::Take adder_ = [this](const std::string& key, const std::string& value) {
    Add(key, value);
  };
  CountingSink sink_;
  PreparedSource source_;
  std::unique_ptr<Worker> worker_;
  int64_t lines_ = 0;
  uint64_t said_ = 0;
  int64_t next_offset_ = 0;
  std::vector<std::pair<int64_t, std::pair<std::string, std::string>>> places_;
};

// What a position takes, in bytes of each part.
void TellBytes(World& world, Figures& figures) {
  const auto positions = static_cast<double>(world.positions.size());
  size_t stores = 0;
  size_t rings = 0;
  for (const Store& store : world.stores) {
    stores += store.state.bytes();
    rings += store.state.ring.bytes();
  }
  const size_t names = world.store_names.bytes() + world.sku_names.bytes();
  const auto each = [positions](size_t bytes) { return static_cast<double>(bytes) / positions; };
  figures["bytes_a_position"] = {{"position_and_slots", each(world.positions.bytes())},
                                 {"index", each(stores - rings)},
                                 {"names", each(names)},
                                 {"rings", each(rings)}};
}

uint64_t OnHandHash(World& world) {
  uint64_t hash = 0;
  for (uint32_t p = 0; p < world.positions.size(); ++p) {
    const Position& position = world.positions[PositionId(p)];
    hash += LineHash(world.store_names.Text(position.store), world.sku_names.Text(position.sku),
                     position.on_hand_milli);
  }
  return hash;
}

void RunLive(const LoadOptions& options, Figures& figures) {
  Bench live(options, /*caught_up=*/true);
  live.LoadReference();
  live.MakeLists();
  const double lists_cpu_s = live.Run();
  const uint64_t published_before = live.worker().publisher().published();
  live.MakeSales();
  const double sales_cpu_s = live.Run();
  const auto lines = static_cast<double>(live.lines());
  World& world = live.worker().world();
  figures["lines"] = live.lines();
  figures["positions"] = world.positions.size();
  figures["records"] = live.worker().publisher().published() - published_before;
  figures["lists_us_a_line"] = lists_cpu_s * 1e6 / static_cast<double>(world.positions.size());
  figures["cpu_us_a_line"] = sales_cpu_s * 1e6 / lines;
  TellBytes(world, figures);
  const uint64_t hash = OnHandHash(world);
  SHELF_CHECK(hash == live.said(), "on hand is the sum of all lines");
  figures["hash"] = HashText(hash);
}

void RunBehind(const LoadOptions& options, Figures& figures) {
  Bench behind(options, /*caught_up=*/false);
  behind.LoadReference();
  behind.MakeLists();
  behind.Run();
  behind.MakeSales();
  const double cpu_s = behind.Run();
  figures["intake_us_a_line"] = cpu_s * 1e6 / static_cast<double>(behind.lines());
}

}  // namespace

Figures RunEngineBench(const LoadOptions& options) {
  Figures figures;
  RunLive(options, figures);
  RunBehind(options, figures);
  return figures;
}

}  // namespace shelf
