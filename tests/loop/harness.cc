#include "loop/harness.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "loop/rules_at_start.h"
#include "support/memory_start.h"

namespace shelf {
namespace {

constexpr char kEvents[] = "stock-events";
constexpr char kReference[] = "reference";
constexpr char kAvailability[] = "availability";
constexpr char kRejects[] = "stock-rejects";
constexpr char kStarts[] = "shelfd-starts";
constexpr int kSettleTurnsMax = 2000;

std::vector<TopicName> Outputs() {
  return {{Topic::kStockEvents, kEvents},
          {Topic::kReference, kReference},
          {Topic::kAvailability, kAvailability},
          {Topic::kLocations, "locations"},
          {Topic::kRequests, "stock-requests"},
          {Topic::kRejects, kRejects},
          {Topic::kStarts, kStarts}};
}

v1::Availability Parse(const MemoryRecord& record) {
  v1::Availability parsed;
  SHELF_CHECK(parsed.ParseFromString(record.value), "an Availability");
  return parsed;
}

}  // namespace

Harness::Harness(std::string rules_yaml) : rules(std::move(rules_yaml)) {
  options.world.partitions_total = kPartitions;
  for (const char* topic : {kEvents, kAvailability, "locations", "stock-requests", kRejects}) {
    log_.CreateTopic(topic, kPartitions);
  }
  log_.CreateTopic(kReference, 1);
  log_.CreateTopic(kStarts, 1);
  log_.set_now_ms(now_ms_);
}

void Harness::PutStore(const std::string& store, bool minds_counts) {
  v1::Store record;
  record.set_store(store);
  record.set_count_hold(minds_counts);
  record.set_count_after_nil_pick(minds_counts);
  const auto declare = [&record](const char* name, v1::SourceRole role) {
    v1::Source& source = *record.add_sources();
    source.set_name(name);
    source.set_role(role);
    source.set_required(role == v1::SOURCE_ROLE_EARLY);
  };
  declare("erp", v1::SOURCE_ROLE_BOOK);
  declare("pos", v1::SOURCE_ROLE_EARLY);
  declare("scan", v1::SOURCE_ROLE_EVIDENCE);
  declare("picking", v1::SOURCE_ROLE_EVIDENCE);
  log_.Append(kReference, 0, JoinKey({"store", store}), record.SerializeAsString());
}

void Harness::PutItem(const std::string& sku) {
  v1::Item record;
  record.set_sku(sku);
  log_.Append(kReference, 0, JoinKey({"item", sku}), record.SerializeAsString());
}

v1::StockEvent Harness::Document(const std::string& store, const std::string& source) {
  return documents_.Next(store, source, now_ms_);
}

void Harness::Append(const v1::StockEvent& event) {
  log_.Append(kEvents, -1, event.store(), event.SerializeAsString());
}

void Harness::List(const std::string& store, const SkuUnits& lines) {
  for (const v1::StockEvent& part : documents_.List(store, lines, now_ms_)) Append(part);
}

void Harness::Move(const std::string& store, const std::string& source, v1::Reason reason,
                   const std::string& sku, int64_t units) {
  Append(documents_.Movement(store, source, reason, sku, units, now_ms_));
}

void Harness::Sell(const std::string& store, const std::string& sku, int64_t units) {
  Move(store, "pos", v1::REASON_SALE, sku, -units);
}

void Harness::Count(const std::string& store, const std::string& sku, int64_t units) {
  Append(documents_.Count(store, sku, units, now_ms_));
}

void Harness::Pick(const std::string& store, const std::string& sku, int64_t found,
                   int64_t requested) {
  Append(documents_.Pick(store, sku, requested, found, now_ms_));
}

void Harness::Claim(const std::string& store, const std::string& source, int64_t through_ms) {
  v1::StockEvent event = Document(store, source);
  event.set_complete_through_ms(through_ms);
  event.mutable_heartbeat();
  Append(event);
}

absl::Status Harness::Start() { return StartAt(/*accept_loss=*/false); }

absl::Status Harness::StartAcceptingLoss() { return StartAt(/*accept_loss=*/true); }

absl::Status Harness::StartAt(bool accept_loss) {
  SHELF_CHECK(worker_ == nullptr, "it runs already");
  RulesAtStart chosen;
  if (absl::Status status = ChooseRules(store_.get(), rules, chosen); !status.ok()) return status;
  const std::vector<OutputRoute> routes(chosen.set->channels().size());
  auto worker = std::make_unique<Worker>(options, std::move(chosen.set), routes, store_.get());
  const absl::StatusOr<CheckpointMeta> meta = worker->Restore();
  if (!meta.ok()) return meta.status();
  StartFacts facts;
  facts.reference_anew = reference_anew;
  absl::Status learnt = LearnStartFacts(kPartitions, *meta, log_, facts);
  if (!learnt.ok()) return learnt;
  std::vector<PartitionOffset> from;
  std::vector<int32_t> partitions;
  std::map<int32_t, int64_t> cut;
  for (int32_t p = 0; p < kPartitions; ++p) {
    const Partition* restored = worker->world().FindPartition(p);
    const int64_t begin = facts.input_starts.at(p);
    const int64_t next = restored != nullptr ? restored->next_offset : 0;
    if (accept_loss && next < begin) cut[p] = begin;
    from.push_back({p, restored != nullptr && !cut.contains(p) ? next : begin});
    partitions.push_back(p);
  }
  events_ = std::make_unique<MemorySource>(&log_, kEvents, from);
  const int64_t reference_next =
      meta->has_incarnation && !reference_anew ? meta->reference_next : facts.reference_start;
  reference_ = std::make_unique<MemorySource>(&log_, kReference,
                                              std::vector<PartitionOffset>{{0, reference_next}});
  sink_ = std::make_unique<MemorySink>(&log_, Outputs());
  worker_ = std::move(worker);
  worker_->Begin(facts, partitions, *events_, reference_.get(), *sink_);
  if (absl::Status status = worker_->AcceptLoss(cut); !status.ok()) return status;
  if (chosen.propose) SHELF_CHECK(ReloadFile(), "nothing else is on its way");
  return worker_->ReadReferenceThrough(log_.HighWatermark(kReference, 0) - 1, 3);
}

bool Harness::ReloadFile() {
  return worker_
      ->ProposeRules(
          {.text = rules, .source = "rules.yaml", .by = "test", .force = false, .from_file = true})
      .ok();
}

RulesPhase Harness::Propose(const std::string& yaml, bool force) {
  const absl::StatusOr<uint32_t> number = worker_->ProposeRules(
      {.text = yaml, .source = "given", .by = "test", .force = force, .from_file = false});
  SHELF_CHECK(number.ok(), "nothing else is being saved");
  return worker_->rules_reload().Find(*number)->phase;
}

bool Harness::RulesAreInForce() const {
  const World& world = worker_->world();
  for (const auto& partition : world.partitions) {
    if (partition == nullptr) continue;
    if (partition->rules->set->hash() != world.rules->set->hash()) return false;
  }
  return !worker_->rules_reload().under_way() && !worker_->sweeping();
}

void Harness::Crash() {
  worker_.reset();
  events_.reset();
  reference_.reset();
  sink_.reset();
}

void Harness::Restart() {
  Crash();
  SHELF_CHECK(Start().ok(), "the worker starts again");
}

void Harness::Stop() {
  SHELF_CHECK(worker_->Stop().ok(), "the store takes the last checkpoint");
  Crash();
}

void Harness::LoseDisk() {
  Crash();
  store_ = std::make_unique<MemoryStore>();
}

void Harness::RestoreBackup(const std::string& folder) {
  Crash();
  store_ = store_->OpenCopy(folder).value();
}

void Harness::Wait(int64_t ms) {
  now_ms_ += ms;
  log_.set_now_ms(now_ms_);
}

absl::Status Harness::Turn(int64_t step_ms) {
  Wait(step_ms);
  absl::Status status = worker_->RunOnce(now_ms_, 0);
  while (worker_->checkpointing()) std::this_thread::yield();
  return status;
}

void Harness::Turns(int count, int64_t step_ms) {
  for (int i = 0; i < count; ++i) SHELF_CHECK(Turn(step_ms).ok(), "no trouble was ordered");
}

bool Harness::AllIsRead() const {
  for (int32_t p = 0; p < kPartitions; ++p) {
    const Partition& partition = *worker_->world().FindPartition(p);
    if (partition.next_offset != log_.HighWatermark(kEvents, p)) return false;
  }
  return true;
}

void Harness::Settle() {
  int turns = 0;
  do {
    // Short, so that small batches gain on the ticks.
    Turns(1, /*step_ms=*/100);
    SHELF_CHECK(++turns < kSettleTurnsMax, "it settles");
  } while (!AllIsRead() || !worker_->caught_up() || !RulesAreInForce() ||
           !worker_->outbox().empty() || worker_->rejects().pending() > 0 ||
           !worker_->reference_writer().empty());
  Turns(2);
}

std::map<std::string, v1::Availability> Harness::Newest() const {
  std::map<std::string, v1::Availability> newest;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : log_.Records(kAvailability, p)) {
      newest[record.key] = Parse(record);
    }
  }
  return newest;
}

Lines Harness::Published() const {
  Lines lines;
  for (const auto& [key, record] : Newest()) {
    lines.push_back(absl::StrCat(key, " ", record.sellable()));
  }
  return lines;
}

std::string Harness::Said(const std::string& key) const {
  std::vector<int64_t> said;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : log_.Records(kAvailability, p)) {
      if (record.key == key) said.push_back(Parse(record).sellable());
    }
  }
  return absl::StrJoin(said, " ");
}

Lines Harness::RejectReasons() const {
  Lines reasons;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : log_.Records(kRejects, p)) {
      for (const auto& [name, value] : record.headers) {
        if (name == "reason") reasons.push_back(value);
      }
    }
  }
  return reasons;
}

int64_t Harness::RecordsIn(std::string_view topic) const {
  int64_t sum = 0;
  for (int32_t p = 0; p < log_.PartitionCount(topic); ++p) {
    sum += static_cast<int64_t>(log_.Records(topic, p).size());
  }
  return sum;
}

}  // namespace shelf
