#include "ctl/replay_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ctl/answer.h"
#include "ctl/numbers.h"
#include "ctl/recorded_rules.h"
#include "ctl/report_html.h"
#include "ctl/report_json.h"
#include "ctl/report_text.h"
#include "ctl/when.h"
#include "ctl/whole_file.h"
#include "replay/recording.h"
#include "replay/replay.h"

namespace shelf::ctl {
namespace {

using Clock = std::chrono::steady_clock;

// Drawn over itself on a terminal, at most four times a second; elsewhere nothing.
class Progress {
 public:
  Progress(const RecordingInfo& info, std::ostream& err)
      : info_(info), err_(err), shown_(::isatty(STDERR_FILENO) == 1) {}

  void Show(int64_t records, int64_t time_ms) {
    if (!shown_ || Clock::now() - last_ < std::chrono::milliseconds(250)) return;
    last_ = Clock::now();
    const int64_t span_ms = info_.to_ms - info_.from_ms;
    const int64_t percent = span_ms > 0 ? (time_ms - info_.from_ms) * 100 / span_ms : 0;
    err_ << '\r' << DayAndTime(time_ms) << "  " << percent << " %  " << Grouped(records)
         << " records " << std::flush;
    drawn_ = true;
  }
  // What comes next has the line to itself.
  void End() {
    if (drawn_) err_ << '\r' << std::string(72, ' ') << '\r';
  }

 private:
  const RecordingInfo& info_;
  std::ostream& err_;
  const bool shown_;
  bool drawn_ = false;
  Clock::time_point last_;
};

absl::StatusOr<ReplayPlan> PlanOf(const ReplayOptions& options, std::ostream& err) {
  ReplayPlan plan;
  plan.folder = options.folder;
  if (!options.count_from.empty()) {
    const auto from_ms = ParseInstantMs("--count-from", options.count_from);
    if (!from_ms.ok()) return from_ms.status();
    plan.count_from_ms = *from_ms;
  }
  auto info = ReadRecordingInfo(options.folder);
  if (!info.ok()) return info.status();
  plan.info = *std::move(info);
  auto old_rules = options.old_rules.empty() ? RulesAsRecorded(plan.folder, plan.info)
                                             : RulesOfFile(options.old_rules, err);
  if (!old_rules.ok()) return old_rules.status();
  plan.rules[kOldSide] = *std::move(old_rules);
  auto new_rules = RulesOfFile(options.rules, err);
  if (!new_rules.ok()) return new_rules.status();
  plan.rules[kNewSide] = *std::move(new_rules);
  return plan;
}

absl::Status WritePage(const std::string& path, const Report& report) {
  WholeFile file(path);
  if (absl::Status status = file.Open(); !status.ok()) return status;
  file.stream() << ReportHtml(report);
  return file.Commit();
}

void SaySpeed(const Report& report, Clock::duration took, std::ostream& err) {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto per_second =
      static_cast<int64_t>(static_cast<double>(report.records) / std::max(seconds, 1e-3));
  err << "replayed " << Grouped(report.records) << " records under both rule sets in "
      << static_cast<int64_t>(seconds * 1000) << " ms, " << Grouped(per_second) << " records/s\n";
}

}  // namespace

int ReplayRecording(const Common& common, const ReplayOptions& options, std::ostream& out,
                    std::ostream& err) {
  auto plan = PlanOf(options, err);
  if (!plan.ok()) return Fail(plan.status(), err);
  const RecordingInfo info = plan->info;
  Progress progress(info, err);
  plan->progress = [&progress](int64_t records, int64_t time_ms) {
    progress.Show(records, time_ms);
  };
  const Clock::time_point begun = Clock::now();
  const absl::StatusOr<Report> report = Replay(*std::move(plan));
  progress.End();
  if (!report.ok()) return Fail(report.status(), err);
  SaySpeed(*report, Clock::now() - begun, err);
  if (!options.html.empty()) {
    if (absl::Status status = WritePage(options.html, *report); !status.ok()) {
      return Fail(status, err);
    }
    err << "page in " << options.html << '\n';
  }
  if (common.json) {
    out << ReportJson(*report).dump(2) << '\n';
  } else {
    WriteReport(*report, out);
  }
  return kExitOk;
}

}  // namespace shelf::ctl
