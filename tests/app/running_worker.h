// A worker over nothing but memory and a store of the test's, fed with lines as `shelfd pipe` reads
// them, on the test's thread until Run() and on its own until Stop().
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "app/pipe_input.h"
#include "base/check.h"
#include "loop/worker.h"
#include "rules/rule_set.h"

namespace shelf {

class RunningWorker {
 public:
  RunningWorker(std::string_view rules_yaml, CheckpointStore* store,
                const std::string& rules_source = "built in")
      : worker_(Options(rules_source), Rules(rules_yaml), std::vector<OutputRoute>(kChannelsMax),
                store) {
    SHELF_CHECK(worker_.Restore().ok(), "the store is the test's own");
    StartFacts facts;
    facts.caught_up = true;
    worker_.Begin(facts, {0}, source_, nullptr, sink_);
  }
  ~RunningWorker() { Stop(); }

  Worker& worker() { return worker_; }

  // One line of input; not while it runs.
  void Take(std::string_view line) {
    const absl::StatusOr<PipeRecord> input = ReadPipeLine(line);
    SHELF_CHECK(input.ok() && input->trouble.empty() && input->value.has_value(), "a good line");
    Record record;
    record.offset = offset_++;
    record.key = input->key;
    record.value = *input->value;
    if (input->reference) {
      worker_.HandleReference(input->key, input->value, record);
    } else {
      worker_.Handle(record);
    }
    Turn();
  }

  void Turn() {
    SHELF_CHECK(worker_.RunOnce(wall_ms_ += 1000, 0).ok(), "no environment, no error");
  }

  void Run() {
    thread_ = std::thread([this] {
      while (!stopping_) {
        Turn();
        std::this_thread::yield();
      }
    });
  }

  // Writes the last checkpoint.
  void Stop() {
    if (stopped_) return;
    stopped_ = true;
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    SHELF_CHECK(worker_.Stop().ok(), "the test's store takes it");
  }

 private:
  class NoSource final : public Source {
   public:
    absl::Status Poll(int /*wait_ms*/, size_t /*records_max*/, std::vector<Record>& out) override {
      out.clear();
      return absl::OkStatus();
    }
  };

  class ForgetfulSink final : public Sink {
   public:
    bool TrySend(const OutRecord& record) override {
      Delivery& delivery = delivered_.emplace_back();
      delivery.topic = record.topic;
      delivery.offset = next_[record.topic]++;
      delivery.tag = record.tag;
      return true;
    }
    void Drain(int /*wait_ms*/, std::vector<Delivery>& out) override {
      out.insert(out.end(), delivered_.begin(), delivered_.end());
      delivered_.clear();
    }

   private:
    std::vector<Delivery> delivered_;
    std::map<Topic, int64_t> next_;
  };

  static WorkerOptions Options(const std::string& rules_source) {
    WorkerOptions options;
    options.rules_source = rules_source;
    options.writes_ticks = false;
    return options;
  }

  static std::unique_ptr<RuleSet> Rules(std::string_view yaml) {
    std::vector<RulesMessage> messages;
    std::unique_ptr<RuleSet> rules = RuleSet::Load(yaml, messages);
    SHELF_CHECK(rules != nullptr, "the test's rules are right");
    return rules;
  }

  NoSource source_;
  ForgetfulSink sink_;
  Worker worker_;
  int64_t offset_ = 0;
  int64_t wall_ms_ = 0;
  std::atomic<bool> stopping_{false};
  bool stopped_ = false;
  std::thread thread_;
};

inline constexpr char kTwoChannels[] = R"(
version: 1
channels:
  own-site:
    rules:
      - id: everywhere
        sync_lag: [{over: 30m, keep: 50%}]
        safety_stock: {subtract: 1}
        limits: {cap: 5}
  market: {}
)";

// Store 1 holds 11 of "A/1" by its book's list and 3 of B by a count; event 5 of its book is
// missing. Time is 1793599200000.
inline void TakeSmallWorld(RunningWorker& running) {
  for (
      const char* line : {
          R"({"topic":"reference","key":"store/1","value":{"store":"1","sources":[{"name":"erp","role":"SOURCE_ROLE_BOOK"}]}})",
          R"({"topic":"reference","key":"item/A%2F1","value":{"sku":"A/1","name":"Apple, red"}})",
          R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"1","eventTimeMs":"1793599200000","completeThroughMs":"1793599200000","snapshotBegin":{"snapshotId":"s"}}})",
          R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"2","eventTimeMs":"1793599200000","completeThroughMs":"1793599200000","snapshotChunk":{"snapshotId":"s","lines":[{"sku":"A/1","quantityMilli":"11000"}]}}})",
          R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"3","eventTimeMs":"1793599200000","completeThroughMs":"1793599200000","snapshotEnd":{"snapshotId":"s","lineCount":"1"}}})",
          R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"scan","epoch":"1","sequence":"1","eventTimeMs":"1793599200000","counts":{"lines":[{"sku":"B","quantityMilli":"3000"}]}}})",
          R"({"topic":"stock-events","key":"1","value":{"source":"shelfd","tick":{"timeMs":"1793599200000"}}})",
          R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"4","eventTimeMs":"1793599200000","heartbeat":{}}})",
          R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"6","eventTimeMs":"1793599200000","heartbeat":{}}})",
      }) {
    running.Take(line);
  }
}

}  // namespace shelf
