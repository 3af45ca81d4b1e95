#include "app/inspect_topics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

// Brokers that do not know the question: librdkafka's mock cluster is one.
std::string CannotAsk(const absl::Status& status) {
  return absl::StrCat(std::string(status.message()),
                      ": nobody can say here whether the topics lose data");
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

absl::Status VerifyTopics(TopicAdmin& admin, const Config& config, const RuleSet& rules,
                          int timeout_ms, const SayFinding& say) {
  const bool refuse = config.topics_verify == "refuse";
  const absl::StatusOr<TopicReport> report = InspectTopics(admin, config, rules, timeout_ms);
  if (absl::IsUnimplemented(report.status())) {
    const std::string cannot = CannotAsk(report.status());
    if (refuse) {
      return absl::FailedPreconditionError(
          absl::StrCat(cannot, "; to start all the same, set topics.verify: warn"));
    }
    say(Severity::kAdvice, cannot);
    return absl::OkStatus();
  }
  if (!report.ok()) return report.status();
  for (const TopicFinding& finding : report->findings) say(finding.severity, finding.sentence);
  const auto lossy = static_cast<size_t>(
      std::count_if(report->findings.begin(), report->findings.end(),
                    [](const TopicFinding& f) { return f.severity == Severity::kLosesData; }));
  return lossy > 0 && refuse ? Refusal(lossy) : absl::OkStatus();
}

}  // namespace shelf
