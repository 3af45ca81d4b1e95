#include "ctl/topics.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/load.h"
#include "ctl/commands.h"
#include "ctl/table.h"
#include "ctl/topic_changes.h"
#include "io/kafka_admin.h"

namespace shelf::ctl {
namespace {

constexpr int kAnswerMs = 15'000;
constexpr int kLooksMax = 40;
constexpr std::chrono::milliseconds kBetweenLooks(250);

int Fail(const absl::Status& status, std::ostream& err) {
  err << "shelfctl: " << std::string(status.message()) << '\n';
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) return kExitUnreachable;
  return kExitFailed;
}

bool LosesData(const TopicFinding& finding) { return finding.severity == Severity::kLosesData; }

const char* Word(Severity severity) {
  return severity == Severity::kLosesData ? "loses data" : "advice";
}

std::vector<TopicFinding> FindingsOf(const TopicReport& report, const std::string& topic) {
  std::vector<TopicFinding> findings;
  std::copy_if(report.findings.begin(), report.findings.end(), std::back_inserter(findings),
               [&](const TopicFinding& f) { return f.topic == topic; });
  return findings;
}

const char* Label(const TopicFinding& finding) {
  if (finding.setting == "topic") return "missing";
  return finding.setting == "access" ? "closed" : Word(finding.severity);
}

std::string StateOf(const std::vector<TopicFinding>& findings) {
  if (findings.empty()) return "right";
  const auto worst = std::find_if(findings.begin(), findings.end(), LosesData);
  return Label(worst != findings.end() ? *worst : findings.front());
}

Json ToJson(const TopicFinding& finding) {
  return {{"topic", finding.topic},
          {"setting", finding.setting},
          {"severity", LosesData(finding) ? "loses_data" : "advice"},
          {"found", finding.found.empty() ? Json() : Json(finding.found)},
          {"wanted", finding.wanted},
          {"set_to", finding.set_to ? Json(*finding.set_to) : Json()},
          {"sentence", finding.sentence}};
}

Json ToJson(const TopicChange& change) {
  const bool made = change.create.has_value();
  Json json = {{"topic", change.topic}, {"made", made}};
  if (made) {
    json["partitions"] = change.create->partitions;
    json["replicas"] = change.create->replicas;
  }
  json["settings"] = made ? change.create->settings : change.settings;
  return json;
}

template <typename T>
Json AllToJson(const std::vector<T>& all) {
  Json array = Json::array();
  for (const T& one : all) array.push_back(ToJson(one));
  return array;
}

// One entry a topic: "topic", "state", "partitions", "replicas", "findings".
Json ToJson(const TopicReport& report) {
  Json topics = Json::array();
  for (size_t t = 0; t < report.plan.size(); ++t) {
    const std::string& name = report.plan[t].name;
    const std::vector<TopicFinding> findings = FindingsOf(report, name);
    Json& topic = topics.emplace_back();
    topic["topic"] = name;
    topic["state"] = StateOf(findings);
    const bool described = report.found[t].ok();
    topic["partitions"] = described ? Json(report.found[t]->partitions) : Json();
    topic["replicas"] = described ? Json(report.found[t]->replicas_min) : Json();
    topic["findings"] = AllToJson(findings);
  }
  return topics;
}

std::string SettingsText(const Json& findings) {
  std::vector<std::string> names;
  for (const Json& finding : findings) names.push_back(Text(finding.at("setting")));
  return absl::StrJoin(names, ", ");
}

void ShowTable(const TopicReport& report, std::ostream& out) {
  Table table({{"TOPIC"}, {"PARTITIONS", true}, {"REPLICAS", true}, {"STATE"}, {"DIFFERS"}});
  for (const Json& topic : ToJson(report)) {
    const bool differs = topic.at("partitions").is_number() && !topic.at("findings").empty();
    table.Add({Text(topic.at("topic")), Text(topic.at("partitions")), Text(topic.at("replicas")),
               Text(topic.at("state")), differs ? SettingsText(topic.at("findings")) : "-"});
  }
  table.Write(out);
  if (!report.findings.empty()) out << '\n';
  for (const TopicFinding& finding : report.findings) {
    out << Label(finding) << ": " << finding.sentence << '\n';
  }
}

int CodeOf(const std::vector<TopicFinding>& findings) {
  return std::any_of(findings.begin(), findings.end(), LosesData) ? kExitNotAsPlanned : kExitOk;
}

int Load(const TopicsOptions& options, std::ostream& err, std::optional<Config>& config,
         std::unique_ptr<RuleSet>& rules) {
  config = LoadConfigFile(options.config, options.sets);
  if (config.has_value()) rules = LoadRulesFile(config->rules, err);
  return config.has_value() && rules != nullptr ? kExitOk : kExitUsage;
}

using OnCluster = int (*)(TopicAdmin&, const Config&, const RuleSet&, const TopicsOptions&,
                          std::ostream&, std::ostream&);

int WithCluster(const TopicsOptions& options, OnCluster work, std::ostream& out,
                std::ostream& err) {
  std::optional<Config> config;
  std::unique_ptr<RuleSet> rules;
  if (const int code = Load(options, err, config, rules); code != kExitOk) return code;
  KafkaOptions kafka;
  kafka.brokers = config->brokers;
  kafka.client_id = "shelfctl";
  kafka.librdkafka = config->librdkafka;
  const auto admin = OpenKafkaAdmin(kafka);
  if (!admin.ok()) {
    Fail(admin.status(), err);
    return kExitUsage;
  }
  return work(**admin, *config, *rules, options, out, err);
}

// What a report asks for: to be done now, and what waits for --force.
struct Work {
  std::vector<TopicChange> changes, asking;
};

Work WorkOf(const TopicReport& report, bool force) {
  Work work;
  for (TopicChange& change : ChangesOf(report)) {
    (change.deletes && !force ? work.asking : work.changes).push_back(std::move(change));
  }
  return work;
}

// Brokers may take a moment to answer by what they were just told.
absl::StatusOr<TopicReport> InspectSettled(TopicAdmin& admin, const Config& config,
                                           const RuleSet& rules, bool force) {
  for (int look = 1;; ++look) {
    absl::StatusOr<TopicReport> report = InspectTopics(admin, config, rules, kAnswerMs);
    const bool settled = !report.ok() || WorkOf(*report, force).changes.empty();
    if (settled || look == kLooksMax) return report;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

absl::Status Do(TopicAdmin& admin, const TopicChange& change) {
  if (change.create.has_value()) return admin.Create(*change.create, kAnswerMs);
  return admin.SetSettings(change.topic, change.settings, kAnswerMs);
}

absl::Status DoAll(TopicAdmin& admin, const std::vector<TopicChange>& changes,
                   const TopicsOptions& options, std::ostream& out) {
  for (const TopicChange& change : changes) {
    if (!options.dry_run) {
      if (absl::Status status = Do(admin, change); !status.ok()) return status;
    }
    if (!options.json) out << Sentence(change, options.dry_run) << std::endl;
  }
  return absl::OkStatus();
}

void ShowLeft(const Work& work, const std::vector<TopicFinding>& left, std::ostream& out) {
  if (work.changes.empty() && work.asking.empty()) {
    out << (left.empty() ? "nothing to do\n" : "nothing that apply may change\n");
  }
  for (const TopicChange& change : work.asking) out << "asks: " << AskingSentence(change) << '\n';
  for (const TopicFinding& finding : left) {
    out << "left, " << Label(finding) << ": " << finding.sentence << '\n';
  }
}

}  // namespace

int CheckTopicsOf(TopicAdmin& admin, const Config& config, const RuleSet& rules,
                  const TopicsOptions& options, std::ostream& out, std::ostream& err) {
  const absl::StatusOr<TopicReport> report = InspectTopics(admin, config, rules, kAnswerMs);
  if (!report.ok()) return Fail(report.status(), err);
  if (options.json) {
    out << Json{{"topics", ToJson(*report)}}.dump(2) << '\n';
  } else {
    ShowTable(*report, out);
  }
  return CodeOf(report->findings);
}

int ApplyTopicsOf(TopicAdmin& admin, const Config& config, const RuleSet& rules,
                  const TopicsOptions& options, std::ostream& out, std::ostream& err) {
  absl::StatusOr<TopicReport> report = InspectTopics(admin, config, rules, kAnswerMs);
  if (!report.ok()) return Fail(report.status(), err);
  const Work work = WorkOf(*report, options.force);
  const absl::Status done = DoAll(admin, work.changes, options, out);
  if (!done.ok()) return Fail(done, err);
  if (!options.dry_run && !work.changes.empty()) {
    report = InspectSettled(admin, config, rules, options.force);
  }
  if (!report.ok()) return Fail(report.status(), err);
  const std::vector<TopicFinding> left =
      options.dry_run ? NotMended(report->findings, work.changes) : report->findings;
  if (options.json) {
    out << Json{{"changes", AllToJson(work.changes)},
                {"asks", AllToJson(work.asking)},
                {"left", AllToJson(left)}}
               .dump(2)
        << '\n';
  } else {
    ShowLeft(work, left, out);
  }
  return work.asking.empty() ? CodeOf(left) : kExitNotAsPlanned;
}

int TopicsCheck(const TopicsOptions& options, std::ostream& out, std::ostream& err) {
  return WithCluster(options, CheckTopicsOf, out, err);
}

int TopicsApply(const TopicsOptions& options, std::ostream& out, std::ostream& err) {
  return WithCluster(options, ApplyTopicsOf, out, err);
}

}  // namespace shelf::ctl
