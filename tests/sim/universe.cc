#include "sim/universe.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "rules/rule_set.h"
#include "shelf/v1/availability.pb.h"

namespace shelf::sim {
namespace {

constexpr int64_t kWatchEveryMs = 5000;
constexpr int64_t kRestStepMs = 9000;  // below a deaf stretch
// Partition time may have to wait for a clock that was ahead, and a deaf stretch to be over.
constexpr int64_t kRestMs = 15 * 60'000;
constexpr int kRestTurnsMax = 10'000;

void Mix(uint64_t value, uint64_t& hash) { hash = (hash ^ value) * 1'099'511'628'211U; }

void Mix(std::string_view text, uint64_t& hash) {
  Mix(text.size(), hash);
  for (const char c : text) Mix(static_cast<uint8_t>(c), hash);
}

template <typename Message>
std::string Printed(const std::string& bytes) {
  Message message;
  return message.ParseFromString(bytes) ? message.ShortDebugString() : "(not to be read)";
}

std::string Words(std::string_view topic, const MemoryRecord& record) {
  if (!record.has_value) return "(a tombstone)";
  if (topic == "stock-events") return Printed<v1::StockEvent>(record.value);
  if (topic == "availability") return Printed<v1::Availability>(record.value);
  if (topic == "stock-requests") return Printed<v1::ResyncRequest>(record.value);
  std::string headers;
  for (const auto& [name, value] : record.headers) absl::StrAppend(&headers, name, "=", value, " ");
  return headers;
}

}  // namespace

Universe::Universe(const Plan& plan, Trace trace)
    : plan_(plan), trace_(std::move(trace)), checker_(plan), network_(plan.names.stores.size()) {
  for (size_t s = 0; s < plan.names.stores.size(); ++s) {
    agents_.emplace_back(plan_, static_cast<uint8_t>(s), network_);
  }
}

Outcome Universe::Run() {
  Open();
  for (const Step& step : plan_.steps) {
    LiveUntil(kWorldBeginsMs + step.at_ms);
    if (failed()) break;
    if (trace_) Say(absl::StrCat("-- ", ToLine(step)));
    Do(step);
  }
  if (!failed()) Settle();
  return {checker_.failure(), log_hash_, checker_.totals()};
}

void Universe::Open() {
  for (const char* topic :
       {"stock-events", "availability", "locations", "stock-requests", "stock-rejects"}) {
    log_.CreateTopic(topic, plan_.partitions);
  }
  log_.CreateTopic("reference", 1);
  log_.CreateTopic("shelfd-starts", 1);
  log_.set_now_ms(now_ms_);
  log_.set_observer([this](std::string_view topic, int32_t partition, const MemoryRecord& record) {
    Appended(topic, partition, record);
  });
  for (const RuleChoice& choice : plan_.rules) {
    rules_.push_back(ToYaml(choice));
    checker_.oracle().AddRules(RuleSet::HashOfText(rules_.back()), choice);
  }
  rules_file_ = rules_.front();
  Chance chance(plan_.seed ^ 0x5eed);
  for (uint8_t s = 0; s < plan_.names.stores.size(); ++s) {
    if (chance.Hits(85)) PutStore(s, chance.Next());
  }
  for (uint8_t s = 0; s < plan_.names.skus.size(); ++s) {
    if (chance.Hits(85)) PutItem(s, chance.Next());
  }
}

void Universe::Appended(std::string_view topic, int32_t partition, const MemoryRecord& record) {
  Mix(topic, log_hash_);
  Mix(static_cast<uint64_t>(partition), log_hash_);
  Mix(static_cast<uint64_t>(record.timestamp_ms), log_hash_);
  Mix(record.key, log_hash_);
  Mix(record.value, log_hash_);
  if (topic == "stock-requests") {
    v1::ResyncRequest request;
    if (request.ParseFromString(record.value)) asked_.push_back(std::move(request));
  }
  checker_.Appended(topic, partition, record);
  if (!trace_ || topic == "locations") return;
  Say(absl::StrCat(std::string(topic), "/", partition, " @", record.offset, " ", record.key, ": ",
                   Words(topic, record)));
}

void Universe::Say(std::string_view words) {
  if (!trace_) return;
  trace_(absl::StrFormat("%10.3f %s", static_cast<double>(now_ms_ - kWorldBeginsMs) / 1000,
                         std::string(words)));
}

// Long pauses go by faster, but never as fast as a deaf stretch.
void Universe::LiveUntil(int64_t at_ms) {
  while (now_ms_ < at_ms && !failed()) {
    const int64_t left_ms = at_ms - now_ms_;
    const int64_t step_ms = std::clamp(left_ms / 16, pace_ms_, std::max(pace_ms_, kRestStepMs));
    Turn(std::min(step_ms, left_ms));
  }
}

void Universe::Turn(int64_t step_ms) {
  now_ms_ += step_ms;
  log_.set_now_ms(now_ms_);
  ++checker_.totals().turns;
  BrokerTroubles();
  DiskTroubles();
  if (now_ms_ >= broker_back_ms_) {
    network_.Deliver(now_ms_, [this](const Message& message) {
      MemoryRecord record;
      record.key = message.key;
      record.has_value = message.value.has_value();
      record.value = message.value.value_or("");
      log_.Append("stock-events", message.partition, std::move(record));
    });
  }
  TurnSleeper();
  TurnDaemon();
  TakeRequests();
}

void Universe::TurnDaemon() {
  try {
    if (daemon_ == nullptr) StartDaemon();
    if (daemon_ == nullptr) return;
    const absl::Status status = daemon_->Turn(now_ms_ + daemon_clock_ms_);
    if (!status.ok()) {
      checker_.Fail(absl::StrCat("ended: the daemon ends: ", std::string(status.message())));
      return;
    }
    if (now_ms_ < next_watch_ms_ || now_ms_ < broker_back_ms_) return;
    next_watch_ms_ = now_ms_ + kWatchEveryMs;
    daemon_->WatchOutputs();
  } catch (const Killed&) {
    ++checker_.totals().kills;
    DaemonDies(killed_for_ms_);
  }
}

void Universe::TurnSleeper() {
  if (sleeper_ == nullptr || now_ms_ < sleeper_wakes_ms_ || now_ms_ < broker_back_ms_) return;
  const KillSwitch armed = kill_;
  kill_.Disarm();
  sleeper_turns_ = true;
  Say("the one thought dead wakes up");
  sleeper_->broker().Connect();
  while (sleeper_->Turn(now_ms_ + daemon_clock_ms_).ok() && --sleeper_turns_left_ > 0) {
  }
  sleeper_.reset();
  sleeper_turns_ = false;
  kill_ = armed;
}

void Universe::TakeRequests() {
  const std::vector<v1::ResyncRequest> asked = std::move(asked_);
  asked_.clear();
  for (const v1::ResyncRequest& request : asked) {
    const auto store =
        std::find(plan_.names.stores.begin(), plan_.names.stores.end(), request.store());
    if (store == plan_.names.stores.end()) continue;
    agents_[static_cast<size_t>(store - plan_.names.stores.begin())].Answer(request, now_ms_);
  }
}

void Universe::Heal() {
  Say("-- all troubles end");
  kill_.Disarm();
  network_.Heal();
  broker_back_ms_ = answers_late_until_ms_ = disk_slow_until_ms_ = disk_full_until_ms_ = 0;
  daemon_back_ms_ = sleeper_wakes_ms_ = 0;
  daemon_clock_ms_ = 0;
  pace_ms_ = 1000;
}

// With its bounds the daemon may have much to catch up with.
void Universe::AwaitRest() {
  pace_ms_ = 200;
  for (int turns = 0; !failed() && (daemon_ == nullptr || !daemon_->AtRest()); ++turns) {
    if (turns == kRestTurnsMax) checker_.Fail("restless: the daemon does not come to rest");
    Turn(pace_ms_);
  }
}

// Every document arrives, each store says all it has, and then it is quiet for longer than any
// rise waits.
void Universe::Settle() {
  Heal();
  LiveUntil(now_ms_ + 60'000);
  for (int round = 0; round < 2; ++round) {
    for (Agents& agent : agents_) agent.ComeToRest(now_ms_);
    LiveUntil(now_ms_ + 30'000);
  }
  AwaitRest();
  pace_ms_ = kRestStepMs;
  LiveUntil(now_ms_ + LongestRise(plan_) + kRestMs);
  AwaitRest();
  if (!failed()) checker_.CompareAll(daemon_->worker().world());
}

}  // namespace shelf::sim
