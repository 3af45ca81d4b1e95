#include "app/pipe.h"

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/exit_codes.h"
#include "app/load.h"
#include "app/pipe_input.h"
#include "app/pipe_sink.h"
#include "base/check.h"
#include "loop/worker.h"
#include "rules/rule_set.h"

namespace shelf {
namespace {

// The lines are handed to the worker one by one; there is nothing to poll.
class NoSource final : public Source {
 public:
  absl::Status Poll(int /*wait_ms*/, size_t /*records_max*/, std::vector<Record>& out) override {
    out.clear();
    return absl::OkStatus();
  }
};

WorkerOptions PipeWorkerOptions() {
  WorkerOptions options;
  options.publish_on_ticks_only = true;
  options.writes_ticks = false;
  // All that a tick decides goes out with it, however much it is.
  options.outbox_keys_max = std::numeric_limits<size_t>::max();
  options.in_flight_max = std::numeric_limits<size_t>::max();
  return options;
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

class Pipe {
 public:
  Pipe(std::unique_ptr<RuleSet> rules, size_t channels, std::ostream& out)
      : out_(out),
        sink_(out),
        worker_(PipeWorkerOptions(), std::move(rules),
                std::vector<OutputRoute>(channels, {Topic::kAvailability, /*json=*/true}),
                nullptr) {
    SHELF_CHECK(worker_.Restore().ok(), "nothing to restore cannot fail");
    StartFacts facts;
    facts.caught_up = true;
    worker_.Begin(facts, {0}, source_, nullptr, sink_);
  }

  void Take(std::string_view line, int64_t number) {
    if (IsBlank(line)) return;
    const absl::StatusOr<PipeRecord> input = ReadPipeLine(line);
    if (!input.ok()) {
      sink_.RefuseLine(
          line, absl::StrCat("malformed: input line ", number, ": ", input.status().message()),
          partition().now.ms);
      return;
    }
    sink_.SetInput(&*input, number);
    Handle(*input);
    sink_.SetInput(nullptr, 0);
    Settle();
  }

  void Finish() {
    if (partition().time_known) worker_.Publish();
    Settle();
    out_.flush();
  }

 private:
  Partition& partition() { return *worker_.world().FindPartition(0); }

  void Handle(const PipeRecord& input) {
    Record record;
    record.offset = input.reference ? reference_lines_++ : event_lines_++;
    record.timestamp_ms = input.timestamp_ms;
    record.has_value = input.value.has_value();
    record.key = input.key;
    if (input.value.has_value()) record.value = *input.value;
    if (input.reference) {
      worker_.HandleReference(input.key, input.value, record);
      return;
    }
    const uint64_t ticks = worker_.counters().ticks;
    worker_.Handle(record);
    if (worker_.counters().ticks != ticks) out_.flush();
  }

  // Takes what was written for delivered, so that a key that changes again can go out again.
  void Settle() {
    const absl::Status status = worker_.RunOnce(/*wall_ms=*/0, /*wait_ms=*/0);
    SHELF_CHECK(status.ok(), "without a broker and a disk the environment has no errors");
  }

  std::ostream& out_;
  NoSource source_;
  PipeSink sink_;
  Worker worker_;
  int64_t reference_lines_ = 0;
  int64_t event_lines_ = 0;
};

}  // namespace

int RunPipe(const PipeOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  std::unique_ptr<RuleSet> rules = LoadRulesFile(options.rules_path, err);
  if (rules == nullptr) return kExitBadInput;
  const size_t channels = rules->channels().size();
  Pipe pipe(std::move(rules), channels, out);
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) pipe.Take(line, number);
  pipe.Finish();
  if (out.good()) return kExitOk;
  err << "the output cannot be written\n";
  return kExitFailed;
}

}  // namespace shelf
