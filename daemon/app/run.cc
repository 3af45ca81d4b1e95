#include "app/run.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "app/admin_server.h"
#include "app/backup_age.h"
#include "app/clock.h"
#include "app/configured_rules.h"
#include "app/embedded.h"
#include "app/exit_codes.h"
#include "app/folders.h"
#include "app/inspect_topics.h"
#include "app/load.h"
#include "app/output_watch.h"
#include "app/record_reader.h"
#include "app/start.h"
#include "app/topics.h"
#include "io/kafka_admin.h"
#include "io/kafka_source.h"
#include "loop/worker.h"
#include "state/rocks_store.h"
#include "state/rows.h"

namespace shelf {
namespace {

std::atomic<bool> stop_asked{false};
std::atomic<bool> reload_asked{false};

void AskToStop(int /*signal*/) { stop_asked = true; }
void AskToReload(int /*signal*/) { reload_asked = true; }

void StopOnSignals() {
  std::signal(SIGTERM, AskToStop);
  std::signal(SIGINT, AskToStop);
  std::signal(SIGPIPE, SIG_IGN);
}

void ReloadOnSignal() { std::signal(SIGHUP, AskToReload); }

// How long one turn waits for input: bounds what a new decision waits for its deliveries.
constexpr int kTurnWaitMs = 5;
constexpr int kReferenceTurnsMax = 300;
constexpr int kQuestionMs = 60'000;
constexpr int64_t kBackupJudgedEveryMs = 3'600'000;

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  spdlog::error("{}", std::string(status.message()));
  return absl::IsFailedPrecondition(status) || absl::IsOutOfRange(status) ? kExitRefused
                                                                          : kExitFailed;
}

WorkerOptions WorkerOptionsOf(const Config& config, const TopicTable& topics, int32_t partitions) {
  WorkerOptions options;
  options.world.partitions_total = partitions;
  options.world.ring_bytes_max_per_store = static_cast<size_t>(config.ring_bytes_max_per_store);
  options.world.ring_age_max_ms = config.ring_days * 24 * 3600 * 1000;
  options.input_topic = config.topics.stock_events;
  for (const TopicName& topic : topics.availability) {
    options.availability_topics[topic.topic] = topic.name;
  }
  options.batch_records_max = static_cast<size_t>(config.intake_batch_records_max);
  options.outbox_keys_max = static_cast<size_t>(config.outbox_keys_max);
  options.in_flight_max = static_cast<size_t>(config.inflight_records_max);
  options.checkpoint_interval_ms = config.checkpoint_interval_ms;
  options.tick_interval_ms = config.tick_interval_ms;
  options.beacon_interval_ms = config.beacon_interval_s * 1000;
  options.rules_source = ConfiguredRules(config.rules).source();
  options.rules_zero_share_max = static_cast<double>(config.rules_zero_share_max) / 100;
  options.route_of = [config, topics](const std::string& channel) {
    return topics.RouteOf(config, channel);
  };
  return options;
}

// Everything a running daemon holds, in the order of its construction: what stands later borrows
// from what stands earlier and goes first.
class Daemon {
 public:
  // `embedded`: the broker is our own, which keeps nothing and answers no questions about it.
  Daemon(const Config& config, bool embedded, bool accept_loss)
      : config_(config), embedded_(embedded), accept_loss_(accept_loss) {
    kafka_.brokers = config.brokers;
    kafka_.client_id = config.instance;
    kafka_.librdkafka = config.librdkafka;
  }

  absl::Status Start();
  absl::Status Run();

 private:
  absl::Status OpenState();
  absl::Status Verify(const RuleSet& rules);
  absl::Status MakeWorker();
  absl::StatusOr<StartPlan> Plan();
  absl::Status Begin();
  absl::Status OpenSources(const StartPlan& plan);
  absl::Status ReadReference();
  void SayWhenReady();
  void SayWhenProducerDied();
  void WatchBackup(int64_t wall_ms);
  void ReloadRules();
  void SayWhatIsHeld(int64_t wall_ms);

  Config config_;  // as it stands once the worker is made
  const bool embedded_;
  const bool accept_loss_;
  KafkaOptions kafka_;
  std::optional<FolderLock> lock_;
  std::unique_ptr<CheckpointStore> store_;
  std::unique_ptr<KafkaCluster> cluster_;
  TopicTable topics_;
  int32_t partitions_ = 0;
  std::unique_ptr<KafkaSink> sink_;
  std::unique_ptr<Source> events_;
  std::unique_ptr<Source> reference_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<OutputWatch> watch_;
  std::unique_ptr<AdminServer> admin_;
  CheckpointMeta meta_;
  std::optional<int64_t> retention_ms_;      // of the input topic, as it was at the start
  std::optional<int64_t> removals_kept_ms_;  // of the reference topic, likewise
  std::optional<int64_t> backup_judged_ms_;
  bool said_ready_ = false;
  RulesHerald rules_herald_;
  uint64_t producer_restarts_said_ = 0;
  std::map<uint32_t, uint64_t> holds_said_;  // store id to the end of its list
  int64_t holds_looked_ms_ = 0;
};

absl::Status Daemon::OpenState() {
  const std::filesystem::path folder = std::filesystem::path(config_.state_dir) / kCheckpointFolder;
  std::error_code error;
  std::filesystem::create_directories(config_.state_dir, error);
  absl::StatusOr<FolderLock> lock = FolderLock::Take(config_.state_dir);
  if (!lock.ok()) return lock.status();
  lock_ = *std::move(lock);
  auto store = OpenRocksStore({.folder = folder.string(),
                               .raw = config_.rocksdb,
                               .log = [](const std::string& line) { spdlog::warn("{}", line); }});
  if (!store.ok()) return store.status();
  store_ = std::move(*store);
  return absl::OkStatus();
}

absl::Status Daemon::Verify(const RuleSet& rules) {
  if (embedded_) return absl::OkStatus();
  auto admin = OpenKafkaAdmin(kafka_);
  if (!admin.ok()) return admin.status();
  absl::Status status = VerifyTopics(
      **admin, config_, rules, kQuestionMs, [](Severity severity, const std::string& sentence) {
        const bool loses = severity == Severity::kLosesData;
        spdlog::log(loses ? spdlog::level::err : spdlog::level::warn, "{}", sentence);
      });
  if (!status.ok()) return status;
  retention_ms_ = RetentionMs(**admin, config_.topics.stock_events, kQuestionMs);
  removals_kept_ms_ = RemovalsKeptMs(**admin, config_.topics.reference, kQuestionMs);
  return absl::OkStatus();
}

absl::Status Daemon::MakeWorker() {
  absl::StatusOr<RulesAtStart> chosen = ConfiguredRules(config_.rules).AtStart(*store_);
  if (!chosen.ok()) return chosen.status();
  if (chosen->propose) reload_asked = true;
  std::unique_ptr<RuleSet> rules = std::move(chosen->set);
  absl::StatusOr<Config> routed = RoutedAsSaved(config_, *rules, *store_);
  if (!routed.ok()) return routed.status();
  config_ = *std::move(routed);
  topics_ = TopicsOf(config_, *rules);
  if (absl::Status status = Verify(*rules); !status.ok()) return status;
  auto cluster = KafkaCluster::Open(kafka_);
  if (!cluster.ok()) return cluster.status();
  cluster_ = std::move(*cluster);
  const absl::StatusOr<int32_t> partitions = CheckTopics(*cluster_, config_, topics_);
  if (!partitions.ok()) return partitions.status();
  partitions_ = *partitions;
  worker_ = std::make_unique<Worker>(WorkerOptionsOf(config_, topics_, partitions_),
                                     std::move(rules), topics_.routes, store_.get());
  absl::StatusOr<CheckpointMeta> meta = worker_->Restore();
  if (!meta.ok()) return meta.status();
  meta_ = *meta;
  for (const MovedChannel& moved : worker_->world().moved_channels) {
    spdlog::warn(
        "channel {} wrote to topic {}, now it writes to {}: its last numbers stay in topic {} as "
        "they are. Whoever still reads them there sells by them: move its readers, then delete the "
        "topic or its records",
        moved.channel, moved.from, moved.to, moved.from);
  }
  return absl::OkStatus();
}

absl::StatusOr<StartPlan> Daemon::Plan() {
  auto question =
      AskTheLogs(config_, kafka_, topics_, meta_, partitions_, worker_->world(), *cluster_);
  if (!question.ok()) return question.status();
  question->retention_ms = retention_ms_;
  question->removals_kept_ms = removals_kept_ms_;
  question->now_ms = WallMs();
  question->accept_loss = accept_loss_;
  absl::StatusOr<StartPlan> plan = PlanStart(*question);
  if (!plan.ok()) return plan;
  for (const std::string& note : plan->notes) spdlog::warn("{}", note);
  return plan;
}

absl::Status Daemon::OpenSources(const StartPlan& plan) {
  std::vector<PartitionOffset> from;
  for (const auto& [partition, offset] : plan.input) from.push_back({partition, offset});
  auto events = OpenKafkaSource(kafka_, config_.topics.stock_events, from);
  if (!events.ok()) return events.status();
  events_ = std::move(*events);
  auto reference = OpenKafkaSource(kafka_, config_.topics.reference, {{0, plan.reference}});
  if (!reference.ok()) return reference.status();
  reference_ = std::move(*reference);
  return absl::OkStatus();
}

absl::Status Daemon::Begin() {
  const absl::StatusOr<StartPlan> plan = Plan();
  if (!plan.ok()) return plan.status();
  auto sink = KafkaSink::Open(kafka_, topics_.names);
  if (!sink.ok()) return sink.status();
  sink_ = std::move(*sink);
  const absl::StatusOr<StartFacts> facts = RunStartProtocol(
      config_, kafka_, topics_, meta_, partitions_, *plan, *cluster_, *sink_, WallMs());
  if (!facts.ok()) return facts.status();
  if (absl::Status status = OpenSources(*plan); !status.ok()) return status;
  std::vector<int32_t> partitions(static_cast<size_t>(partitions_));
  for (int32_t p = 0; p < partitions_; ++p) partitions[static_cast<size_t>(p)] = p;
  worker_->Begin(*facts, partitions, *events_, reference_.get(), *sink_);
  spdlog::info(
      "incarnation {}, {} partitions, {} positions restored, {} keys written past the "
      "checkpoint",
      facts->incarnation, partitions_, worker_->world().positions.size(),
      facts->written_since.size());
  std::map<int32_t, int64_t> lost;
  for (const int32_t p : plan->lost) lost[p] = plan->input.at(p);
  if (absl::Status status = worker_->AcceptLoss(lost); !status.ok()) return status;
  return ReadReference();
}

absl::Status Daemon::ReadReference() {
  const absl::StatusOr<OffsetRange> range =
      cluster_->Watermarks(config_.topics.reference, 0, 60'000);
  if (!range.ok()) return range.status();
  return worker_->ReadReferenceThrough(range->high - 1, kReferenceTurnsMax);
}

absl::Status Daemon::Start() {
  for (const auto step : {&Daemon::OpenState, &Daemon::MakeWorker, &Daemon::Begin}) {
    if (absl::Status status = (this->*step)(); !status.ok()) return status;
    if (stop_asked) return absl::CancelledError("stopped while starting");
  }
  watch_ = std::make_unique<OutputWatch>(
      OutputWatchOptions{.kafka = kafka_,
                         .topics = topics_.availability,
                         .partitions = partitions_,
                         .interval_ms = config_.outputs_watch_interval_ms},
      *cluster_, *worker_);
  watch_->Start();
  admin_ = std::make_unique<AdminServer>(
      AdminOptions{.listen = config_.admin_listen,
                   .state_dir = config_.state_dir,
                   .rules_path = config_.rules,
                   .retention_ms = retention_ms_,
                   .funnel_interval_ms = config_.metrics_funnel_interval_s * 1000,
                   .read_record = KafkaRecordReader(
                       kafka_, {config_.topics.stock_events, config_.topics.reference})},
      *worker_, store_.get());
  return admin_->Start();
}

// Looks at the newest backup at the start and once an hour.
void Daemon::WatchBackup(int64_t wall_ms) {
  if (backup_judged_ms_.has_value() && wall_ms - *backup_judged_ms_ < kBackupJudgedEveryMs) return;
  backup_judged_ms_ = wall_ms;
  const BackupVerdict verdict = JudgeBackup(
      {.newest_ms = NewestBackupMs(config_.state_dir), .retention_ms = retention_ms_}, wall_ms);
  if (verdict.alarm) spdlog::warn("{}", verdict.words);
}

// One set at a time is on its way: what was asked for meanwhile is read when its turn comes.
void Daemon::ReloadRules() {
  rules_herald_.Run(worker_->rules_reload());
  rules_herald_.Run(worker_->stray_channels());
  if (!reload_asked || worker_->rules_reload().under_way()) return;
  reload_asked = false;
  absl::StatusOr<RulesProposal> proposal = ConfiguredRules(config_.rules).Proposal("the daemon");
  absl::Status status = proposal.status();
  if (status.ok()) status = worker_->ProposeRules(*std::move(proposal)).status();
  if (!status.ok()) spdlog::error("rules not read again: {}", std::string(status.message()));
}

void Daemon::SayWhenReady() {
  if (said_ready_ || !worker_->caught_up()) return;
  said_ready_ = true;
  std::cout << "ready: the log is caught up, numbers are published; queries on "
            << "127.0.0.1:" << admin_->port() << std::endl;
}

void Daemon::SayWhenProducerDied() {
  if (sink_->producer_restarts() == producer_restarts_said_) return;
  producer_restarts_said_ = sink_->producer_restarts();
  spdlog::warn("the producer failed for good and was replaced; what it had is sent again: {}",
               sink_->last_fatal_error());
}

// Once a second looks for lists that wait since the last time.
void Daemon::SayWhatIsHeld(int64_t wall_ms) {
  if (!worker_->caught_up() || std::abs(wall_ms - holds_looked_ms_) < 1000) return;
  holds_looked_ms_ = wall_ms;
  World& world = worker_->world();
  for (const Store& store : world.stores) {
    const ListState& list = store.state.list;
    uint64_t& said = holds_said_[store.state.id.value];
    if (!list.held || said == list.end_sequence) continue;
    said = list.end_sequence;
    spdlog::warn(
        "store {} sent list '{}', which would set {} of {} positions in stock to zero; it waits: "
        "shelfctl hold list",
        world.store_names.Text(store.state.id), list.id, list.forecast.to_zero,
        list.forecast.in_stock);
  }
}

absl::Status Daemon::Run() {
  absl::Status status;
  while (!stop_asked && status.ok()) {
    status = worker_->RunOnce(WallMs(), kTurnWaitMs);
    ReloadRules();
    SayWhenReady();
    SayWhenProducerDied();
    WatchBackup(WallMs());
    SayWhatIsHeld(WallMs());
  }
  admin_->Stop();
  watch_->Stop();
  const absl::Status stopped = worker_->Stop();
  return status.ok() ? stopped : status;
}

}  // namespace

int RunDaemon(const RunOptions& options) {
  StopOnSignals();
  ReloadOnSignal();
  spdlog::set_default_logger(spdlog::stderr_logger_mt("shelfd"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::set_level(spdlog::level::from_str(options.config.log_level));
  Config config = options.config;
  if (options.embedded) {
    std::string said;
    const auto broker = EnsureEmbeddedBroker(config.state_dir, WallMs(), said);
    std::cout << said;
    if (!broker.ok()) return ExitCodeOf(broker.status());
    config.brokers = broker->bootstrap;
    std::cout << "broker " << broker->bootstrap << std::endl;
  }
  Daemon daemon(config, options.embedded, options.accept_loss);
  absl::Status status = daemon.Start();
  if (absl::IsCancelled(status)) return kExitOk;
  if (status.ok()) status = daemon.Run();
  if (absl::IsInvalidArgument(status)) {
    spdlog::error("{}", std::string(status.message()));
    return kExitBadInput;
  }
  return ExitCodeOf(status);
}

int RunBroker(const std::string& state_dir) {
  StopOnSignals();
  return ExitCodeOf(
      RunEmbeddedBroker({.state_dir = state_dir, .topics = EmbeddedTopics(Config{})}, stop_asked));
}

}  // namespace shelf
