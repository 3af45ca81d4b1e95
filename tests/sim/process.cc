#include "sim/process.h"

#include <map>
#include <thread>
#include <utility>

#include "loop/foreign_records.h"
#include "loop/rules_at_start.h"
#include "support/memory_start.h"

namespace shelf::sim {
namespace {

constexpr char kEvents[] = "stock-events";
constexpr char kReference[] = "reference";
constexpr char kAvailability[] = "availability";

std::vector<TopicName> Topics() {
  return {{Topic::kStockEvents, kEvents},        {Topic::kReference, kReference},
          {Topic::kAvailability, kAvailability}, {Topic::kLocations, "locations"},
          {Topic::kRequests, "stock-requests"},  {Topic::kRejects, "stock-rejects"},
          {Topic::kStarts, "shelfd-starts"}};
}

WorkerOptions OptionsOf(const Plan& plan) {
  WorkerOptions options;
  options.world.partitions_total = plan.partitions;
  options.world.ring_age_max_ms = plan.bounds.ring_age_ms;
  options.batch_records_max = static_cast<size_t>(plan.bounds.batch_records);
  options.outbox_keys_max = static_cast<size_t>(plan.bounds.outbox_keys);
  options.in_flight_max = static_cast<size_t>(plan.bounds.in_flight);
  options.rejects_max = static_cast<size_t>(plan.bounds.rejects);
  options.checkpoint_interval_ms = plan.bounds.checkpoint_interval_ms;
  options.rules_zero_share_max = 1;
  return options;
}

}  // namespace

class Process::EarSource final : public Source {
 public:
  EarSource(MemorySource inner, KillSwitch& kill,
            std::function<void(const std::vector<Record>&)> polled)
      : inner_(std::move(inner)), kill_(kill), polled_(std::move(polled)) {}

  absl::Status Poll(int wait_ms, size_t records_max, std::vector<Record>& out) override {
    kill_.Before();
    absl::Status status = inner_.Poll(wait_ms, records_max, out);
    kill_.After();
    if (polled_) polled_(out);
    return status;
  }

 private:
  MemorySource inner_;
  KillSwitch& kill_;
  const std::function<void(const std::vector<Record>&)> polled_;
};

class Process::EarSink final : public Sink {
 public:
  EarSink(MemorySink& inner, KillSwitch& kill, const ProcessEars& ears)
      : inner_(inner), kill_(kill), ears_(ears) {}

  bool TrySend(const OutRecord& record) override {
    kill_.Before();
    ears_.offered(record);
    const bool taken = inner_.TrySend(record);
    if (taken) ears_.taken(record);
    kill_.After();
    return taken;
  }
  void Drain(int wait_ms, std::vector<Delivery>& out) override {
    kill_.Before();
    const size_t before = out.size();
    inner_.Drain(wait_ms, out);
    for (size_t d = before; d < out.size(); ++d) ears_.delivered(out[d]);
    kill_.After();
  }

 private:
  MemorySink& inner_;
  KillSwitch& kill_;
  const ProcessEars& ears_;
};

Process::Process(const Plan& plan, MemoryLog& log, std::shared_ptr<Disk> disk, KillSwitch& kill,
                 ProcessEars ears)
    : plan_(plan), log_(log), disk_(std::move(disk)), kill_(kill), ears_(std::move(ears)) {}

// What is being written when it dies is not written.
Process::~Process() { disk_->LetGo(/*done=*/false); }

absl::Status Process::Start(const std::string& rules) {
  RulesAtStart chosen;
  if (absl::Status status = ChooseRules(disk_.get(), rules, chosen); !status.ok()) return status;
  const std::vector<OutputRoute> routes(chosen.set->channels().size());
  auto worker =
      std::make_unique<Worker>(OptionsOf(plan_), std::move(chosen.set), routes, disk_.get());
  const absl::StatusOr<CheckpointMeta> meta = worker->Restore();
  if (!meta.ok()) return meta.status();
  StartFacts facts;
  absl::Status learnt = LearnStartFacts(plan_.partitions, *meta, log_, facts);
  if (!learnt.ok()) return learnt;
  std::vector<PartitionOffset> from;
  std::vector<int32_t> partitions;
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    const Partition* restored = worker->world().FindPartition(p);
    from.push_back({p, restored != nullptr ? restored->next_offset : 0});
    partitions.push_back(p);
  }
  const int64_t reference_next =
      meta->has_incarnation ? meta->reference_next : facts.reference_start;
  events_ = std::make_unique<EarSource>(MemorySource(&log_, kEvents, from), kill_, ears_.polled);
  reference_ = std::make_unique<EarSource>(MemorySource(&log_, kReference, {{0, reference_next}}),
                                           kill_, nullptr);
  sink_ = std::make_unique<MemorySink>(&log_, Topics());
  sink_->set_queue_records_max(static_cast<size_t>(plan_.bounds.queue_records));
  ear_sink_ = std::make_unique<EarSink>(*sink_, kill_, ears_);
  worker_ = std::move(worker);
  worker_->Begin(facts, partitions, *events_, reference_.get(), *ear_sink_);
  if (chosen.propose) ReloadFile(rules);
  return worker_->ReadReferenceThrough(log_.HighWatermark(kReference, 0) - 1, 3);
}

bool Process::ReloadFile(const std::string& rules) {
  return worker_
      ->ProposeRules(
          {.text = rules, .source = "rules.yaml", .by = "sim", .force = true, .from_file = true})
      .ok();
}

void Process::AwaitDisk() {
  while (worker_->checkpointing() && !disk_->holds()) std::this_thread::yield();
}

absl::Status Process::Turn(int64_t wall_ms) {
  absl::Status status = worker_->RunOnce(wall_ms, 0);
  AwaitDisk();
  return status;
}

absl::Status Process::Stop() {
  disk_->set_slow(false);
  disk_->LetGo(/*done=*/true);
  return worker_->Stop();
}

void Process::WatchOutputs() {
  std::map<OutputPartition, int64_t> ends;
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    ends[{Topic::kAvailability, p}] = log_.HighWatermark(kAvailability, p);
  }
  for (const OutputSpan& span : worker_->SawOutputEnds(ends)) {
    ForeignReader reader(span);
    const int32_t partition = span.output.second;
    reader.LogBegins(log_.LowWatermark(kAvailability, partition));
    for (const MemoryRecord& record : log_.Records(kAvailability, partition)) {
      reader.Take({.partition = partition,
                   .offset = record.offset,
                   .key = record.key,
                   .value = record.value});
    }
    worker_->TakeForeign(std::move(reader).Found());
  }
}

bool Process::AtRest() {
  World& world = worker_->world();
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    const Partition& partition = *world.FindPartition(p);
    if (partition.next_offset != log_.HighWatermark(kEvents, p)) return false;
    if (partition.rules->set->hash() != world.rules->set->hash()) return false;
  }
  return worker_->caught_up() && !worker_->rules_reload().under_way() && !worker_->sweeping() &&
         worker_->outbox().empty() && worker_->rejects().pending() == 0;
}

std::vector<int64_t> StoredOffsets(const Plan& plan, const std::string& rules, Disk& disk) {
  std::vector<int64_t> offsets(static_cast<size_t>(plan.partitions));
  RulesAtStart chosen;
  if (!ChooseRules(&disk, rules, chosen).ok()) return offsets;
  const std::vector<OutputRoute> routes(chosen.set->channels().size());
  Worker worker(OptionsOf(plan), std::move(chosen.set), routes, &disk);
  if (!worker.Restore().ok()) return offsets;
  for (int32_t p = 0; p < plan.partitions; ++p) {
    const Partition* restored = worker.world().FindPartition(p);
    if (restored != nullptr) offsets[static_cast<size_t>(p)] = restored->next_offset;
  }
  return offsets;
}

}  // namespace shelf::sim
