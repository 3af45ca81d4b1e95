#include "scenarios/daemon_play.h"

#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "app/pipe_input.h"
#include "app/queries.h"
#include "base/check.h"
#include "base/murmur2.h"
#include "loop/foreign_records.h"
#include "loop/harness.h"
#include "loop/json.h"
#include "scenarios/said.h"
#include "shelf/v1/availability.pb.h"
#include "shelf/v1/request.pb.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {
namespace {

// Enough to read every document of a scenario, one a turn, so that what the daemon would say of any
// of them shows; to decide, send and hear of it.
constexpr int kTurnsToRest = 40;
// So seldom that a killed daemon has forgotten something.
constexpr int64_t kCheckpointIntervalMs = 60'000;

template <typename Message>
nlohmann::json AsJson(const std::string& bytes) {
  Message message;
  SHELF_CHECK(message.ParseFromString(bytes), "the daemon writes what it means");
  std::string json;
  ToJson(message, json);
  return nlohmann::json::parse(json);
}

class Player {
 public:
  explicit Player(const Scenario& scenario)
      : scenario_(scenario), harness_(scenario.rules), sayings_(scenario.watch) {
    harness_.options.batch_records_max = 1;
    harness_.options.checkpoint_interval_ms = kCheckpointIntervalMs;
    harness_.log().set_observer([this](std::string_view topic, int32_t,
                                       const MemoryRecord& record) { Hear(topic, record); });
  }

  std::vector<Lines> Play() {
    Lines script;
    for (const ScenarioRow& row : scenario_.rows) {
      script.push_back(IsOurs(row.script) ? "" : row.script);
    }
    const Lines input = InputByLine(script);
    std::vector<Lines> said;
    for (size_t i = 0; i < script.size(); ++i) {
      row_ = &scenario_.rows[i];
      here_.clear();
      if (script[i].empty()) {
        Do(row_->script);
      } else {
        std::istringstream lines(input[i]);
        for (std::string line; std::getline(lines, line);) Put(line);
      }
      said.push_back(here_);
    }
    return said;
  }

 private:
  static bool IsOurs(const std::string& script) {
    std::istringstream words(script);
    std::string time, verb;
    words >> time >> verb;
    return verb == "daemon" || verb == "predecessor" || verb == "ask";
  }

  void Do(const std::string& script) {
    std::istringstream words(script);
    std::string time, verb, what;
    words >> time >> verb >> what;
    WaitUntil(AtMs(time));
    if (verb == "predecessor") return Overtake(what);
    if (verb == "ask") return Ask(what);
    if (what == "starts") {
      const absl::Status started = harness_.Start();
      SHELF_CHECK(started.ok(), std::string(started.message()).c_str());
      running_ = true;
      Rest();
    } else {
      SHELF_CHECK(what == "stops" || what == "dies" || what == "loses-disk", script.c_str());
      running_ = false;
      if (what == "stops") harness_.Stop();
      if (what == "dies") harness_.Crash();
      if (what == "loses-disk") harness_.LoseDisk();
    }
  }

  void Put(const std::string& line) {
    const absl::StatusOr<PipeRecord> record = ReadPipeLine(line);
    SHELF_CHECK(record.ok(), line.c_str());
    if (record->reference) {
      MemoryRecord put;
      put.key = record->key;
      put.has_value = record->value.has_value();
      put.value = record->value.value_or("");
      harness_.log().Append("reference", 0, std::move(put));
      return;
    }
    v1::StockEvent event;
    SHELF_CHECK(event.ParseFromString(*record->value), line.c_str());
    if (event.has_tick()) return Tick(event.tick().time_ms());
    // The log's own time is known only where the daemon does not keep it.
    if (!running_) WaitUntil(event.sent_time_ms());
    harness_.Append(event);
  }

  void Tick(int64_t time_ms) {
    SHELF_CHECK(running_, "only a daemon that runs ticks");
    Rest();
    WaitUntil(time_ms);
    Rest();
  }

  void Rest() {
    harness_.Turns(kTurnsToRest, /*step_ms=*/0);
    WatchOutputs();
    harness_.Turns(kTurnsToRest, /*step_ms=*/0);
  }

  // What app/output_watch does beside the loop: reads what the daemon did not write itself.
  void WatchOutputs() {
    const MemoryLog& log = harness_.log();
    std::map<OutputPartition, int64_t> ends;
    for (int32_t p = 0; p < kPartitions; ++p) {
      ends[{Topic::kAvailability, p}] = log.HighWatermark("availability", p);
    }
    for (const OutputSpan& span : harness_.worker().SawOutputEnds(ends)) {
      const int32_t partition = span.output.second;
      ForeignReader reader(span);
      for (const MemoryRecord& record : log.Records("availability", partition)) {
        reader.Take({.partition = partition,
                     .offset = record.offset,
                     .key = record.key,
                     .value = record.value});
      }
      harness_.worker().TakeForeign(std::move(reader).Found());
    }
  }

  void WaitUntil(int64_t time_ms) {
    SHELF_CHECK(time_ms >= kStartMs, "a daemon's scenario begins at 06:00");
    if (time_ms > harness_.now_ms()) harness_.Wait(time_ms - harness_.now_ms());
  }

  // "site/1/A=9", with a version that consumers drop.
  void Overtake(const std::string& what) {
    const size_t equals = what.find('=');
    v1::Availability record;
    record.set_sellable(std::stoll(what.substr(equals + 1)));
    record.set_version(1);
    const std::string key = what.substr(0, equals);
    const size_t slash = key.find('/');
    const std::string store = key.substr(slash + 1, key.rfind('/') - slash - 1);
    deaf_ = true;  // what it writes is no word of the daemon's
    harness_.log().Append("availability", PartitionOf(store, kPartitions), key,
                          record.SerializeAsString());
    deaf_ = false;
  }

  void Ask(const std::string& what) {
    const size_t slash = what.find('/');
    const std::string sku = what.substr(slash + 1);
    const auto position = GetPosition(harness_.worker(), what.substr(0, slash), sku);
    SHELF_CHECK(position.ok(), what.c_str());
    here_.push_back(sku + " on hand " + Units(position->at("on_hand_milli")) + ", reserved " +
                    Units(position->at("reserved_milli")) + ", expected " +
                    Units(position->at("expected_milli")));
  }

  static std::string Units(const Json& milli) {
    return std::to_string(milli.get<int64_t>() / 1000);
  }

  void Hear(std::string_view topic, const MemoryRecord& record) {
    if (deaf_) return;
    nlohmann::json said = {{"topic", topic}, {"key", record.key}};
    if (topic == "availability") {
      said["value"] = AsJson<v1::Availability>(record.value);
    } else if (topic == "locations") {
      said["value"] = AsJson<v1::LocationState>(record.value);
    } else if (topic == "stock-requests") {
      said["value"] = AsJson<v1::ResyncRequest>(record.value);
    } else if (topic == "stock-rejects") {
      for (const auto& [name, value] : record.headers) said["headers"][name] = value;
    } else {
      return;
    }
    sayings_.Add(said, IsLong(*row_), here_);
  }

  const Scenario& scenario_;
  Harness harness_;
  Sayings sayings_;
  bool running_ = false;
  bool deaf_ = false;
  const ScenarioRow* row_ = nullptr;
  Lines here_;  // what is said in the row being played
};

}  // namespace

std::vector<Lines> ThroughDaemon(const Scenario& scenario) { return Player(scenario).Play(); }

}  // namespace shelf
