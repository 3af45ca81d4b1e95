// How a worker starts, and how reference data comes into force.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/failpoint.h"
#include "base/murmur2.h"
#include "loop/lag.h"
#include "loop/loss.h"
#include "loop/worker.h"
#include "position/watermark.h"
#include "state/rows.h"

namespace shelf {
namespace {

constexpr size_t kReferenceBatchMax = 10'000;

// Reference data is of no partition: the furthest of them tells the time of its rejects.
PartitionTime LatestTime(const World& world) {
  PartitionTime latest;
  for (const auto& partition : world.partitions) {
    if (partition != nullptr) latest = std::max(latest, partition->now);
  }
  return latest;
}

// By source: whether it is the book. Ends with the last one that is.
std::vector<bool> BooksOf(const StoreState& store) {
  std::vector<bool> books;
  for (size_t s = 0; s < store.sources.size(); ++s) {
    if (store.sources[s].role != SourceRole::kBook) continue;
    books.resize(s + 1);
    books[s] = true;
  }
  return books;
}

}  // namespace

absl::StatusOr<CheckpointMeta> Worker::Restore() {
  SHELF_CHECK(state_ == WorkerState::kNew, "a worker restores once");
  state_ = WorkerState::kRestored;
  if (store_ == nullptr) {
    NoteRulesAtStart();
    return meta_;
  }
  absl::StatusOr<CheckpointMeta> meta = ReadMeta(*store_, options_.availability_topics);
  if (!meta.ok()) return meta;
  if (meta->has_incarnation && meta->partitions_total != world_.options.partitions_total) {
    return absl::FailedPreconditionError(absl::StrCat(
        "topic ", options_.input_topic, " has ", world_.options.partitions_total,
        " partitions, the state was made with ", meta->partitions_total,
        ": stores would be on other partitions than their state; restore the topic's count, or "
        "start with an empty state folder and let every store send a full list"));
  }
  if (absl::Status status = RestoreWorld(*store_, world_); !status.ok()) return status;
  gatherer_.Restored();
  NoteRulesAtStart();
  reference_seen_ = meta->reference_next - 1;
  meta_ = *meta;
  SHELF_FAILPOINT("restored");
  return meta;
}

void Worker::Begin(const StartFacts& facts, const std::vector<int32_t>& partitions, Source& events,
                   Source* reference, Sink& sink) {
  SHELF_CHECK(state_ == WorkerState::kRestored, "Restore comes before Begin");
  state_ = WorkerState::kRunning;
  events_ = &events;
  reference_ = reference;
  sink_ = &sink;
  any_tick_is_ours_ = facts.any_tick_is_ours;
  versions_ = std::make_unique<Versions>(facts.incarnation);
  publisher_ = std::make_unique<Publisher>(world_, evaluator_, outbox_, sink, *versions_, outputs_,
                                           options_.in_flight_max,
                                           store_ != nullptr || options_.keeps_journal);
  rejects_ = std::make_unique<Rejects>(sink, options_.input_topic);
  reference_writer_ = std::make_unique<ReferenceWriter>(sink);
  beacon_ = std::make_unique<Beacon>(world_, sink, *versions_, options_.beacon_interval_ms);
  requests_ = std::make_unique<Requests>(world_, sink, *versions_);
  ticker_ = std::make_unique<Ticker>(world_, sink, facts.incarnation, options_.tick_interval_ms);
  for (const int32_t id : partitions) {
    if (world_.FindPartition(id) == nullptr) {
      const auto start = facts.input_starts.find(id);
      if (start != facts.input_starts.end()) world_.AddPartition(id).next_offset = start->second;
    }
    Partition& partition = world_.AddPartition(id);
    partition.caught_up = facts.caught_up;
    const auto end = facts.input_ends.find(id);
    if (end != facts.input_ends.end()) partition.begun_at = end->second;
  }
  if (!meta_.has_incarnation) meta_.reference_next = facts.reference_start;
  if (meta_.has_incarnation && facts.reference_anew) {
    reference_met_.emplace();
    reference_seen_ = facts.reference_start - 1;
  }
  for (const auto& [partition, names] : facts.written_since) {
    world_.AddPartition(partition).say_again.push_back(names);
  }
  for (const int32_t id : facts.outputs_cut) SayAllAgain(world_.AddPartition(id));
  for (const auto& partition : world_.partitions) {
    if (partition != nullptr) DropRepeated(partition->say_again);
  }
  RetireStrays();
  ResolveStops(world_);  // a partition without time may have come
  publisher_->offsets().Begin(facts.output_ends);
  meta_.partitions_total = world_.options.partitions_total;
  meta_.incarnation = facts.incarnation;
  meta_.has_incarnation = true;
  changed_since_checkpoint_ = true;
}

absl::Status Worker::AcceptLoss(const std::map<int32_t, int64_t>& begins) {
  SHELF_CHECK(state_ == WorkerState::kRunning && counters_.records == 0, "before the first record");
  for (const auto& [id, begin] : begins) {
    Partition& partition = world_.AddPartition(id);
    partition.next_offset = begin;
    shelf::AcceptLoss(world_, partition, versions_->incarnation());
  }
  if (begins.empty() || writer_ == nullptr) return absl::OkStatus();
  TakeCheckpoint();
  writer_->Finish();
  return writer_->TakeResult().value_or(absl::OkStatus());
}

absl::Status Worker::PollReference(int wait_ms) {
  if (reference_ == nullptr) return absl::OkStatus();
  absl::Status status = reference_->Poll(wait_ms, kReferenceBatchMax, reference_batch_);
  if (!status.ok()) return status;
  for (const Record& record : reference_batch_) TakeReference(record);
  return absl::OkStatus();
}

void Worker::TakeReference(const Record& record) {
  reference_seen_ = record.offset;
  if (reference_met_.has_value()) reference_met_->emplace(record.key);
  if (record.offset < meta_.reference_next) return;  // in force already
  PendingReference& pending = reference_pending_.emplace_back();
  pending.offset = record.offset;
  pending.key = std::string(record.key);
  if (record.has_value) pending.value = std::string(record.value);
  reference_pending_bytes_ += record.key.size() + record.value.size();
}

absl::Status Worker::RemoveUnmetReference() {
  std::vector<std::string> unmet;
  absl::Status status =
      store_->Scan(Prefix(RowKind::kReference), [&](std::string_view row, std::string_view) {
        std::string key(row.substr(1));
        if (!reference_met_->contains(key)) unmet.push_back(std::move(key));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  reference_met_.reset();
  reference_seen_ = std::max(reference_seen_, meta_.reference_next - 1);
  for (const std::string& key : unmet) {
    Record record;
    record.offset = meta_.reference_next - 1;
    record.key = key;
    HandleReference(key, std::nullopt, record);
  }
  return absl::OkStatus();
}

absl::Status Worker::ReadReferenceThrough(int64_t last_offset, int turns_max) {
  // The log may end in offsets that no consumer sees (markers of transactions): its end counts too.
  for (int turn = 0; reference_seen_ < last_offset && reference_->EndSeen(0) <= last_offset;) {
    const int64_t before = reference_seen_;
    if (absl::Status status = PollReference(100); !status.ok()) return status;
    turn = reference_seen_ > before ? 0 : turn + 1;
    if (turn >= turns_max) {
      return absl::UnavailableError(absl::StrCat("reference data stops at offset ", reference_seen_,
                                                 ", its log ends at ", last_offset));
    }
  }
  return reference_met_.has_value() ? RemoveUnmetReference() : absl::OkStatus();
}

void Worker::ApplyReferenceThrough(int64_t offset) {
  while (!reference_pending_.empty() && reference_pending_.front().offset <= offset) {
    const PendingReference pending = std::move(reference_pending_.front());
    reference_pending_.pop_front();
    reference_pending_bytes_ -=
        pending.key.size() + (pending.value.has_value() ? pending.value->size() : 0);
    const Record record{
        .partition = 0,
        .offset = pending.offset,
        .has_value = pending.value.has_value(),
        .key = pending.key,
        .value = pending.value.has_value() ? std::string_view(*pending.value) : std::string_view()};
    PutInForce(pending.key, pending.value, record);
    meta_.reference_next = pending.offset + 1;
  }
}

void Worker::HandleReference(std::string_view key, std::optional<std::string_view> value,
                             const Record& record) {
  PutInForce(key, value, record);
  for (const auto& partition : world_.partitions) {
    if (partition != nullptr && partition->live()) {
      sweeps_.Run(*partition, CauseOf(*partition));
    }
  }
}

void Worker::PutInForce(std::string_view key, std::optional<std::string_view> value,
                        const Record& record) {
  changed_since_checkpoint_ = true;
  const std::string printed_before = PrintedFields(key, world_.reference);
  const absl::StatusOr<ReferenceChange> change = world_.reference.Apply(key, value);
  if (!change.ok()) {
    rejects_->Refuse(record, RejectReason::kBadReference,
                     absl::StrCat("bad_reference: ", change.status().message()), LatestTime(world_),
                     "reference");
    return;
  }
  std::optional<std::string>& delta = reference_delta_[std::string(key)];
  delta.reset();
  if (value.has_value()) delta = std::string(*value);
  const CauseKind why_before = std::exchange(why_, CauseKind::kReference);
  why_reference_ = record.offset;
  NoteReferenceChange(*change, PrintedFields(key, world_.reference) != printed_before);
  why_ = why_before;
  why_reference_ = -1;
}

void Worker::NoteReferenceChange(const ReferenceChange& change, bool printed_changed) {
  switch (change.kind) {
    case ReferenceChange::Kind::kNothing:
      return;
    case ReferenceChange::Kind::kStore:
      return NoteStoreChange(change.store, printed_changed);
    case ReferenceChange::Kind::kItem:
      return NoteItemChange(change, printed_changed);
    case ReferenceChange::Kind::kListing:
      return NoteListingChange(change);
    case ReferenceChange::Kind::kStop:
      ResolveStops(world_);
      return NoteStopChange(change);
  }
}

// The store that a reference record names, made when its partition is ours; null otherwise.
Store* Worker::StoreNamed(std::string_view name) {
  Partition* partition = world_.FindPartition(PartitionOf(name, world_.options.partitions_total));
  return partition != nullptr ? &world_.FindOrAddStore(name, *partition) : nullptr;
}

void Worker::NoteStoreChange(std::string_view name, bool printed_changed) {
  Store* store = StoreNamed(name);
  if (store == nullptr) return;
  Partition& partition = world_.PartitionOf(*store);
  const std::vector<bool> books_before = BooksOf(store->state);
  ResolveStore(world_, *store);
  // A list of what is the book still goes on, whatever else the record says.
  const bool other_book = BooksOf(store->state) != books_before;
  if (store->state.state_lost && other_book) AwaitList(world_, *store);
  touched_.clear();
  ApplyContext context{.positions = world_.positions,
                       .skus = world_.sku_names,
                       .now = partition.now,
                       .time_known = partition.time_known,
                       .touched = touched_};
  AdvanceWatermark(store->state, context);
  world_.MarkDirty(*store);
  store->beacon_due = true;
  if (!partition.live()) return;
  UpdateLag(*store, partition);
  if (printed_changed) {
    store->state.index.ForEach(
        [&](PositionId id) { evaluator_.Republish(id, CauseOf(partition)); });
  }
  partition.sweeps.Add(store->state.id, CauseOf(partition));
}

void Worker::SayAgainOrLater(PositionId id, const Partition& partition) {
  if (partition.live()) {
    evaluator_.Republish(id, CauseOf(partition));
  } else {
    world_.SayLater(id);
  }
}

void Worker::NoteItemChange(const ReferenceChange& change, bool printed_changed) {
  const SkuId sku = world_.sku_names.Find(change.sku);
  if (!sku.valid()) return;
  world_.ItemOf(sku);  // after a restart it may not have been asked for yet
  ResolveItem(world_, sku);
  const int64_t step_milli = world_.ItemOf(sku).step_milli;
  for (Store& store : world_.stores) {
    const Partition& partition = world_.PartitionOf(store);
    const PositionId id = store.state.index.Find(sku, world_.positions);
    if (!id.valid()) continue;
    if (step_milli != change.step_before_milli) {
      evaluator_.TakeStep(id, change.step_before_milli, step_milli);
    }
    if (printed_changed) SayAgainOrLater(id, partition);
    if (partition.live()) evaluator_.Evaluate(id, CauseOf(partition));
  }
}

void Worker::NoteListingChange(const ReferenceChange& change) {
  Store* store = StoreNamed(change.store);
  if (store == nullptr) return;
  NoteListing(world_, change);
  const Partition& partition = world_.PartitionOf(*store);
  if (!partition.live()) return;
  const PositionId id =
      store->state.index.Find(world_.sku_names.Find(change.sku), world_.positions);
  if (id.valid()) evaluator_.Evaluate(id, CauseOf(partition));
}

void Worker::NoteStopChange(const ReferenceChange& change) {
  const SkuId sku = world_.sku_names.Find(change.sku);
  for (Store& store : world_.stores) {
    Partition& partition = world_.PartitionOf(store);
    const bool named =
        change.store.empty() || world_.store_names.Text(store.state.id) == change.store;
    if (!named || !partition.live()) continue;
    if (change.sku.empty()) {
      partition.sweeps.AddUrgent(store.state.id, CauseOf(partition));
    } else if (const PositionId id = store.state.index.Find(sku, world_.positions); id.valid()) {
      evaluator_.Evaluate(id, CauseOf(partition));
    }
  }
}

}  // namespace shelf
