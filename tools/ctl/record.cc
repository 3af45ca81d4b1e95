#include "ctl/record.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "app/clock.h"
#include "app/folders.h"
#include "config/config.h"
#include "ctl/admin_client.h"
#include "ctl/answer.h"
#include "ctl/cluster_config.h"
#include "ctl/numbers.h"
#include "ctl/rules_texts.h"
#include "ctl/snapshot.h"
#include "ctl/when.h"
#include "io/kafka_source.h"
#include "io/kafka_topics.h"
#include "loop/checkpoint_summary.h"
#include "replay/recorder.h"
#include "state/rocks_store.h"

namespace shelf::ctl {
namespace {

namespace fs = std::filesystem;

constexpr int kAnswerMs = 30'000;

std::atomic<bool> stop_asked{false};
void AskToStop(int /*signal*/) { stop_asked = true; }

absl::Status MakeEmptyFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat(folder, ": ", error.message()));
  if (fs::is_empty(folder, error)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(folder, " holds something already: give --out a folder of its own"));
}

// One line that is drawn over itself on a terminal, once a second.
class Progress {
 public:
  explicit Progress(std::ostream& err) : err_(err), shown_(::isatty(STDERR_FILENO) == 1) {}

  void Show(const Recorder& recorder) {
    const int64_t now_ms = WallMs();
    if (!shown_ || now_ms - last_ms_ < 1000) return;
    last_ms_ = now_ms;
    const int64_t to_ms = recorder.info().to_ms;
    err_ << '\r' << Grouped(recorder.records()) << " records, " << Grouped(recorder.bytes())
         << " bytes, log time " << (to_ms > 0 ? DayAndTime(to_ms) : "not known yet")
         << "; Ctrl-C ends it   " << std::flush;
    drawn_ = true;
  }
  void End() {
    if (drawn_) err_ << '\n';
  }

 private:
  std::ostream& err_;
  const bool shown_;
  bool drawn_ = false;
  int64_t last_ms_ = 0;
};

class Recording {
 public:
  Recording(const Common& common, const RecordOptions& options, std::ostream& err)
      : common_(common), options_(options), err_(err), client_(common.admin) {}

  absl::Status Run() {
    for (const auto step : {&Recording::ReadOptions, &Recording::AskTheCluster,
                            &Recording::FindBegin, &Recording::Copy}) {
      if (absl::Status status = (this->*step)(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const RecordingInfo& info() const { return info_; }
  int64_t bytes() const { return bytes_; }

 private:
  absl::Status ReadOptions();
  absl::Status ReadTimes();
  absl::Status AskTheCluster();
  absl::Status FindBegin();
  absl::Status BeginAtState(const std::string& folder);
  absl::Status BeginAtTime();
  absl::Status CheckLogsHoldIt();
  absl::StatusOr<std::map<int32_t, int64_t>> Ends();
  absl::Status Copy();

  const Common& common_;
  const RecordOptions& options_;
  std::ostream& err_;
  const AdminClient client_;
  Config config_;
  KafkaOptions kafka_;
  std::optional<int64_t> from_ms_;
  int64_t until_ms_ = INT64_MAX;
  RulesTexts rules_;
  std::unique_ptr<KafkaCluster> cluster_;
  RecordingInfo info_;
  int64_t bytes_ = 0;
};

absl::Status Recording::ReadOptions() {
  absl::StatusOr<Config> config = ClusterConfig(options_.config, options_.sets);
  if (!config.ok()) return config.status();
  config_ = *std::move(config);
  kafka_.brokers = options_.brokers.empty() ? config_.brokers : options_.brokers;
  kafka_.client_id = "shelfctl-record";
  kafka_.librdkafka = config_.librdkafka;
  info_.made_ms = WallMs();
  info_.stock_events = config_.topics.stock_events;
  info_.reference = config_.topics.reference;
  info_.ring_bytes_max_per_store = config_.ring_bytes_max_per_store;
  info_.ring_age_max_ms = config_.ring_days * 24 * 3600 * 1000;
  for (const std::string& path : options_.rules) {
    if (absl::Status status = rules_.AddFile(path); !status.ok()) return status;
  }
  return ReadTimes();
}

absl::Status Recording::ReadTimes() {
  if (!options_.from.empty()) {
    const auto from_ms = ParseInstantMs("--from", options_.from);
    if (!from_ms.ok()) return from_ms.status();
    if (*from_ms > info_.made_ms) {
      return absl::InvalidArgumentError(
          "--from is still to come: without it the recording begins now");
    }
    from_ms_ = *from_ms;
  }
  if (!options_.until.empty()) {
    const auto until_ms = ParseInstantMs("--until", options_.until);
    if (!until_ms.ok()) return until_ms.status();
    until_ms_ = *until_ms;
  }
  if (!options_.span.empty()) {
    const auto span_ms = ParseSpanMs("--for", options_.span);
    if (!span_ms.ok()) return span_ms.status();
    until_ms_ = from_ms_.value_or(info_.made_ms) + *span_ms;
  }
  if (until_ms_ > from_ms_.value_or(0)) return absl::OkStatus();
  return absl::InvalidArgumentError("--until is not after --from: nothing lies between them");
}

absl::Status Recording::AskTheCluster() {
  auto cluster = KafkaCluster::Open(kafka_);
  if (!cluster.ok()) return cluster.status();
  cluster_ = *std::move(cluster);
  const auto partitions = cluster_->PartitionCount(info_.stock_events, kAnswerMs);
  if (!partitions.ok()) return WithBrokers(partitions.status(), kafka_.brokers);
  info_.partitions_total = *partitions;
  return MakeEmptyFolder(options_.out);
}

absl::Status Recording::FindBegin() {
  if (from_ms_.has_value()) return BeginAtTime();
  const std::string& place = options_.backup.empty() ? common_.state_dir : options_.backup;
  const auto folder = FindCheckpoint(client_, place);
  if (absl::IsUnavailable(folder.status())) {
    return absl::UnavailableError(
        absl::StrCat("nobody answers at ", common_.admin,
                     ", so there is no checkpoint to begin from: say "
                     "--backup DIR, or --from TIME to begin with nothing known of the stores"));
  }
  if (!folder.ok()) return folder.status();
  return BeginAtState(folder->path());
}

absl::Status Recording::BeginAtState(const std::string& folder) {
  const std::string state = StateFolder(options_.out);
  if (absl::Status status = CopyFiles(folder, state); !status.ok()) return status;
  const auto store = OpenRocksStoreReadOnly(state);
  if (!store.ok()) return store.status();
  const auto summary = SummarizeCheckpoint(**store);
  if (!summary.ok()) return summary.status();
  if (summary->partitions_total != info_.partitions_total) {
    return absl::FailedPreconditionError(absl::StrCat(
        "topic ", info_.stock_events, " has ", info_.partitions_total, " partitions, the state ",
        summary->partitions_total, ": it is another cluster's"));
  }
  if (absl::Status status = rules_.AddState(**store); !status.ok()) return status;
  info_.has_state = true;
  info_.of_reference.first = summary->reference_next;
  for (const auto& [partition, next] : summary->input_next) info_.events[partition].first = next;
  return CheckLogsHoldIt();
}

absl::Status Recording::BeginAtTime() {
  const auto offsets =
      cluster_->OffsetsAt(info_.stock_events, info_.partitions_total, *from_ms_, kAnswerMs);
  if (!offsets.ok()) return offsets.status();
  const bool any = std::any_of(offsets->begin(), offsets->end(),
                               [](const auto& offset) { return offset.second >= 0; });
  if (!any) {
    return absl::NotFoundError(absl::StrCat("the brokers know no record of topic ",
                                            info_.stock_events, " of ", DayAndTime(*from_ms_),
                                            " or later. The embedded broker finds none by time: "
                                            "leave --from out, or begin with a backup"));
  }
  for (const auto& [partition, offset] : *offsets) {
    const auto range = cluster_->Watermarks(info_.stock_events, partition, kAnswerMs);
    if (!range.ok()) return range.status();
    info_.events[partition].first = offset >= 0 ? std::max(offset, range->low) : range->high;
  }
  const auto range = cluster_->Watermarks(info_.reference, 0, kAnswerMs);
  if (!range.ok()) return range.status();
  info_.of_reference.first = range->low;
  return absl::OkStatus();
}

absl::Status Recording::CheckLogsHoldIt() {
  for (const auto& [partition, recorded] : info_.events) {
    const auto range = cluster_->Watermarks(info_.stock_events, partition, kAnswerMs);
    if (!range.ok()) return range.status();
    if (range->low <= recorded.first && recorded.first <= range->high) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", info_.stock_events, ", partition ", partition, " holds offsets ",
                     range->low, " to ", range->high, ", the state goes on at ", recorded.first,
                     ": take a newer backup, or look at brokers"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<int32_t, int64_t>> Recording::Ends() {
  std::map<int32_t, int64_t> ends;
  for (const auto& [partition, recorded] : info_.events) {
    const auto range = cluster_->Watermarks(info_.stock_events, partition, kAnswerMs);
    if (!range.ok()) return range.status();
    ends[partition] = range->high;
  }
  return ends;
}

absl::Status Recording::Copy() {
  std::vector<PartitionOffset> from;
  for (const auto& [partition, recorded] : info_.events)
    from.push_back({partition, recorded.first});
  auto events = OpenKafkaSource(kafka_, info_.stock_events, from);
  if (!events.ok()) return events.status();
  auto reference = OpenKafkaSource(kafka_, info_.reference, {{0, info_.of_reference.first}});
  if (!reference.ok()) return reference.status();
  auto recorder = Recorder::Begin(
      options_.out, info_, [this](const std::string& hash) { return rules_.Find(hash, client_); });
  if (!recorder.ok()) return recorder.status();
  Progress progress(err_);
  absl::Status status =
      RecordLog(**events, **reference, **recorder,
                {.until_ms = until_ms_,
                 .ends = [this] { return Ends(); },
                 .wall_ms = [] { return WallMs(); },
                 .keep_on = [] { return !stop_asked; },
                 .progress = [&progress](const Recorder& its) { progress.Show(its); }});
  progress.End();
  info_ = (*recorder)->info();
  bytes_ = (*recorder)->bytes();
  return status;
}

Json Summary(const std::string& folder, const Recording& recording) {
  Json json = Json::parse(RecordingToJson(recording.info()));
  json["folder"] = folder;
  json["bytes"] = recording.bytes();
  return json;
}

// What is recorded without a tick is there, and of no use.
absl::Status CheckHasTick(const std::string& folder, const RecordingInfo& info) {
  if (info.from_ms > 0) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("the recording in ", folder,
                   " is empty: there is no tick in it, so nothing in "
                   "it was decided and there is nothing to replay. Did a daemon run meanwhile, on "
                   "these brokers? It writes a tick each second"));
}

void SayWhatIsThere(const std::string& folder, const Recording& recording, std::ostream& out) {
  const RecordingInfo& info = recording.info();
  int64_t records = info.of_reference.records;
  for (const auto& [partition, recorded] : info.events) records += recorded.records;
  out << "recorded " << Grouped(records) << " records of " << info.events.size()
      << " partitions in " << folder << ", " << Grouped(recording.bytes()) << " bytes\n";
  out << "log time " << DayAndTime(info.from_ms) << " to " << DayAndTime(info.to_ms) << ", "
      << info.rules.size() << (info.rules.size() == 1 ? " rule set" : " rule sets")
      << " in force\n";
  for (const RecordedRules& rules : info.rules) {
    if (rules.has_text) continue;
    out << "the text of rule set " << absl::BytesToHexString(rules.hash)
        << " is not known: put it in " << RulesFileOf(folder, rules.hash)
        << ", or give `replay` a file with --old\n";
  }
}

}  // namespace

int Record(const Common& common, const RecordOptions& options, std::ostream& out,
           std::ostream& err) {
  std::signal(SIGINT, AskToStop);
  std::signal(SIGTERM, AskToStop);
  Recording recording(common, options, err);
  if (const absl::Status status = recording.Run(); !status.ok()) return Fail(status, err);
  if (const absl::Status status = CheckHasTick(options.out, recording.info()); !status.ok()) {
    return Fail(status, err);
  }
  if (common.json) {
    out << Summary(options.out, recording).dump(2) << '\n';
  } else {
    SayWhatIsThere(options.out, recording, out);
  }
  return kExitOk;
}

}  // namespace shelf::ctl
