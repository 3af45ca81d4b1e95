#include "app/inspect_topics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

// Brokers that do not know the question, as librdkafka's mock cluster, or do not answer this
// client.
std::string CannotAsk(const absl::Status& status) {
  return absl::StrCat(std::string(status.message()),
                      ": nobody can say here whether the topics lose data");
}

// Brokers that do not know the question will not know it at the next start either.
absl::Status CannotStart(const absl::Status& answer, const std::string& cannot) {
  return absl::Status(
      absl::IsUnimplemented(answer) ? absl::StatusCode::kFailedPrecondition : answer.code(),
      absl::StrCat(cannot, "; to start all the same, set topics.verify: warn"));
}

absl::Status Refusal(size_t findings) {
  return absl::FailedPreconditionError(absl::StrCat(
      "not started: topics are missing or would lose data (", findings,
      findings == 1 ? " finding" : " findings",
      ", said above). `shelfctl topics apply` with the same --config mends what can be mended, "
      "`shelfctl topics check` says what is left; topics.verify: warn starts all the same"));
}

}  // namespace

absl::StatusOr<TopicReport> InspectTopics(TopicAdmin& admin, const Config& config,
                                          const RuleSet& rules, int timeout_ms) {
  TopicReport report;
  report.plan = PlanTopics(config, rules);
  auto found = admin.Describe(NamesOf(report.plan), timeout_ms);
  if (!found.ok()) return found.status();
  report.found = std::move(*found);
  if (report.found.front().ok()) FitToInput(*report.found.front(), report.plan);
  report.findings = CompareTopics(report.plan, report.found);
  return report;
}

namespace {

// Nothing: nobody says, or it is no number from 0 on.
std::optional<int64_t> SettingMs(TopicAdmin& admin, const std::string& topic,
                                 const std::string& name, int timeout_ms) {
  const auto found = admin.Describe({topic}, timeout_ms);
  if (!found.ok() || !found->front().ok()) return std::nullopt;
  const TopicSettings& settings = found->front()->settings;
  const auto setting = settings.find(name);
  int64_t ms = -1;
  const bool known = setting != settings.end() && absl::SimpleAtoi(setting->second, &ms);
  return known && ms >= 0 ? std::optional<int64_t>(ms) : std::nullopt;
}

}  // namespace

std::optional<int64_t> RetentionMs(TopicAdmin& admin, const std::string& topic, int timeout_ms) {
  return SettingMs(admin, topic, "retention.ms", timeout_ms);
}

std::optional<int64_t> RemovalsKeptMs(TopicAdmin& admin, const std::string& topic, int timeout_ms) {
  return SettingMs(admin, topic, "delete.retention.ms", timeout_ms);
}

absl::Status VerifyTopics(TopicAdmin& admin, const Config& config, const RuleSet& rules,
                          int timeout_ms, const SayFinding& say) {
  const bool refuse = config.topics_verify == "refuse";
  const absl::StatusOr<TopicReport> report = InspectTopics(admin, config, rules, timeout_ms);
  if (!report.ok()) {
    if (IsAway(report.status())) return report.status();
    const std::string cannot = CannotAsk(report.status());
    if (refuse) return CannotStart(report.status(), cannot);
    say(Severity::kAdvice, cannot);
    return absl::OkStatus();
  }
  for (const TopicFinding& finding : report->findings) say(finding.severity, finding.sentence);
  const auto lossy = static_cast<size_t>(
      std::count_if(report->findings.begin(), report->findings.end(),
                    [](const TopicFinding& f) { return f.severity == Severity::kLosesData; }));
  return lossy > 0 && refuse ? Refusal(lossy) : absl::OkStatus();
}

}  // namespace shelf
