#include "ctl/topic_changes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace shelf::ctl {
namespace {

bool Mends(const TopicChange& change, const TopicFinding& finding) {
  return change.topic == finding.topic &&
         (change.create.has_value() || change.settings.contains(finding.setting));
}

NewTopic Made(const TopicPlan& plan) {
  NewTopic topic;
  topic.name = plan.name;
  topic.partitions = plan.partitions;
  topic.replicas = plan.replicas;
  for (const SettingWant& want : plan.settings) {
    topic.settings[std::string(want.name)] = want.value;
  }
  return topic;
}

std::string Words(const NewTopic& topic, bool not_done) {
  return absl::StrCat("topic ", topic.name, not_done ? ": would be made with " : ": made with ",
                      topic.partitions, topic.partitions == 1 ? " partition, " : " partitions, ",
                      topic.replicas, topic.replicas == 1 ? " replica, " : " replicas, ",
                      absl::StrJoin(topic.settings, ", ", absl::PairFormatter("=")));
}

}  // namespace

std::vector<TopicChange> ChangesOf(const TopicReport& report) {
  std::vector<TopicChange> changes;
  for (size_t t = 0; t < report.plan.size(); ++t) {
    TopicChange change{.topic = report.plan[t].name};
    if (absl::IsNotFound(report.found[t].status())) change.create = Made(report.plan[t]);
    for (const TopicFinding& finding : report.findings) {
      if (finding.topic != change.topic || !finding.set_to.has_value()) continue;
      change.settings[finding.setting] = *finding.set_to;
      change.before[finding.setting] = finding.found;
      change.deletes |= finding.deletes;
    }
    if (change.create.has_value() || !change.settings.empty()) changes.push_back(change);
  }
  return changes;
}

std::vector<TopicFinding> NotMended(const std::vector<TopicFinding>& findings,
                                    const std::vector<TopicChange>& changes) {
  std::vector<TopicFinding> left;
  std::copy_if(
      findings.begin(), findings.end(), std::back_inserter(left), [&](const TopicFinding& finding) {
        return std::none_of(changes.begin(), changes.end(),
                            [&](const TopicChange& change) { return Mends(change, finding); });
      });
  return left;
}

std::string Sentence(const TopicChange& change, bool not_done) {
  if (change.create.has_value()) return Words(*change.create, not_done);
  std::vector<std::string> parts;
  for (const auto& [setting, value] : change.settings) {
    parts.push_back(absl::StrCat(setting, not_done ? " would be set to " : " set to ", value,
                                 " (was ", change.before.at(setting), ")"));
  }
  return absl::StrCat("topic ", change.topic, ": ", absl::StrJoin(parts, ", "));
}

std::string AskingSentence(const TopicChange& change) {
  return absl::StrCat(Sentence(change, true),
                      "; that may delete records which it holds, so see first that the topic is "
                      "shelfd's and what is in it, and then say --force");
}

}  // namespace shelf::ctl
