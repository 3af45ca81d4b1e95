#include "loop/worker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/failpoint.h"
#include "decode/decode.h"

namespace shelf {
namespace {

// Reference records that no tick has named yet; above, they stay in their topic.
constexpr size_t kReferencePendingBytesMax = size_t{64} << 20;
// Rows of failed checkpoints held in memory; above, the disk has been away too long to go on.
constexpr size_t kKeptBytesMax = size_t{512} << 20;

}  // namespace

Worker::Worker(WorkerOptions options, std::unique_ptr<RuleSet> rules,
               std::vector<OutputRoute> outputs, CheckpointStore* store)
    : options_(std::move(options)),
      outputs_(std::move(outputs)),
      store_(store),
      world_(options_.world, std::move(rules)),
      outbox_(world_.positions, MinIntervals(*world_.rules->set)),
      evaluator_(world_, outbox_),
      sweeps_(world_, evaluator_, options_.sweep_positions_per_tick),
      rules_reload_(world_, options_.rules_zero_share_max, store != nullptr),
      gatherer_(world_) {
  for (const OutputRoute& route : outputs_) {
    const auto name = options_.availability_topics.find(route.topic);
    SHELF_CHECK(name != options_.availability_topics.end(), "every route has a topic");
    world_.channel_topics.push_back(name->second);
    world_.channel_json.push_back(route.json);
  }
  if (store_ != nullptr) writer_ = std::make_unique<CheckpointWriter>(*store_);
}

Worker::~Worker() = default;

absl::Status Worker::RunOnce(int64_t wall_ms, int wait_ms) {
  SHELF_CHECK(state_ == WorkerState::kRunning, "Begin comes first");
  // 1. What the broker has taken; what others ask; the time, into each partition's log.
  wall_ms_ = wall_ms;
  TakeDeliveries(0);
  RunPosted();
  failure_.Update(missing_.Verdict(wall_ms));
  if (!failure_.ok()) return failure_;
  StepRules();
  if (options_.writes_ticks) ticker_->Run(wall_ms, reference_seen_);

  // 2. Poll. A full outbox or a checkpoint that waits for rejects stops the intake, never drops.
  if (reference_pending_bytes_ < kReferencePendingBytesMax) {
    absl::Status status = PollReference(0);
    if (absl::IsNotFound(status)) status = missing_.SourceSays(status, wall_ms);
    if (!status.ok()) return status;
  }
  if (!IntakeOpen()) {
    TakeDeliveries(wait_ms);
  } else if (handled_ == batch_.size()) {
    handled_ = 0;
    absl::Status status = events_->Poll(wait_ms, options_.batch_records_max, batch_);
    // Whether the topic is there our ticks tell, partition by partition.
    const bool ticks_tell = absl::IsNotFound(status) && options_.writes_ticks;
    if (!status.ok() && !ticks_tell) return status;
    if (!batch_.empty()) SHELF_FAILPOINT("batch-polled");
  }

  // 3. Decode, apply, evaluate each; a tick also brings its partition's due re-evaluations. What
  // the bounds leave of the batch is for the next turn.
  for (; handled_ < batch_.size() && IntakeOpen() && failure_.ok(); ++handled_) {
    Handle(batch_[handled_]);
  }
  if (!failure_.ok()) return failure_;
  if (!batch_.empty()) SHELF_FAILPOINT("batch-applied");

  // 4. Publish what was decided, zeros first.
  if (!missing_.Pauses(wall_ms)) {
    rejects_->Flush();
    reference_writer_->Flush();
    if (!options_.publish_on_ticks_only) publisher_->Flush();
  }

  // 5. Checkpoint: state and offsets as one batch, written behind on its own thread.
  return Checkpoint(wall_ms);
}

void Worker::TakeDeliveries(int wait_ms) {
  deliveries_.clear();
  sink_->Drain(wait_ms, deliveries_);
  for (const Delivery& delivery : deliveries_) {
    NoteFailure(delivery);
    switch (Tag::Unpack(delivery.tag).kind) {
      case TagKind::kAvailability:
        publisher_->Delivered(delivery);
        changed_since_checkpoint_ = true;
        break;
      case TagKind::kReject:
        rejects_->Delivered(delivery);
        break;
      case TagKind::kTick:
        ticker_->Delivered(delivery);
        break;
      case TagKind::kBeacon:
      case TagKind::kStateEnded:
        beacon_->Delivered(delivery);
        break;
      case TagKind::kReference:
        reference_writer_->Delivered(delivery);
        break;
      case TagKind::kOther:  // requests come again by themselves
        break;
    }
  }
  if (!deliveries_.empty()) SHELF_FAILPOINT("deliveries-taken");
}

void Worker::NoteFailure(const Delivery& delivery) {
  const absl::Status& status = delivery.status;
  const TagKind kind = Tag::Unpack(delivery.tag).kind;
  // Whoever wanted the record hears of it; the line goes on without.
  if (kind == TagKind::kReference) return;
  // The partition of a reject is the broker's choice.
  const OutputPartition output{delivery.topic, kind == TagKind::kReject ? -1 : delivery.partition};
  if (status.ok()) missing_.Took(output);
  // A request may never be sent again, so it proves nothing.
  if (absl::IsNotFound(status) && kind != TagKind::kOther) {
    missing_.Refused(output, status, wall_ms_);
  }
  if (absl::IsPermissionDenied(status)) failure_ = status;
  if (!absl::IsInvalidArgument(status)) return;
  const auto topic = options_.availability_topics.find(delivery.topic);
  if (topic == options_.availability_topics.end()) return;
  // Our numbers are small, so it is the topic that takes no batches, and it would refuse the next
  // ones as fast as they are sent. Internal, since nothing is wrong with what we were given: a
  // supervisor may start us again, and then the topic is looked at.
  failure_ = absl::InternalError(absl::StrCat(
      "topic ", topic->second, " refuses availability (", std::string(status.message()),
      "): see its max.message.bytes and cleanup.policy with `shelfctl topics check`"));
}

bool Worker::IntakeOpen() const {
  const bool waits_for_rejects = checkpoint_due_ && rejects_->pending() > 0;
  return outbox_.waiting() < options_.outbox_keys_max && !waits_for_rejects &&
         rejects_->pending() < options_.rejects_max &&
         rejects_->bytes() < options_.rejects_bytes_max;
}

void Worker::Handle(const Record& record) {
  Partition* partition = world_.FindPartition(record.partition);
  if (partition == nullptr) return;  // not ours (any more)
  partition->next_offset = record.offset;
  why_ = CauseKind::kRecord;
  event_.Clear();
  const RejectReason decoded =
      record.has_value ? Decode(record.value, event_) : RejectReason::kMalformed;
  if (decoded == RejectReason::kNone && event_.body == Body::kTick) {
    HandleTick(record, *partition);
  } else if (!Accepts(record, *partition, decoded)) {
    // It stands among the rejects.
  } else if (event_.body == Body::kListDecision) {
    HandleDecision(record, *partition, decoded);
  } else {
    HandleEvent(record, *partition, decoded);
  }
  partition->next_offset = record.offset + 1;
  ++counters_.records;
  changed_since_checkpoint_ = true;
}

void Worker::Publish() {
  rejects_->Flush();
  publisher_->Flush();
}

absl::Status Worker::Checkpoint(int64_t wall_ms) {
  if (writer_ == nullptr) return absl::OkStatus();
  if (std::optional<absl::Status> result = writer_->TakeResult(); result.has_value()) {
    SHELF_FAILPOINT("checkpoint-result");
    if (result->ok()) {
      ++counters_.checkpoints;
      publisher_->journal().Written();
      world_.history.Written();
    } else {
      // The writer keeps the rows and writes them with the next: a full disk delays checkpoints.
      ++counters_.checkpoints_failed;
      changed_since_checkpoint_ = true;
      if (writer_->kept_bytes() > kKeptBytesMax) return *result;
    }
  }
  const bool interval_over = last_checkpoint_ms_ == INT64_MIN || wall_ms < last_checkpoint_ms_ ||
                             wall_ms - last_checkpoint_ms_ >= options_.checkpoint_interval_ms;
  checkpoint_due_ = interval_over && changed_since_checkpoint_ && writer_->idle();
  // A record whose reject is not in the log yet must be read again after a crash.
  if (!checkpoint_due_ || rejects_->pending() > 0) return absl::OkStatus();
  last_checkpoint_ms_ = wall_ms;
  TakeCheckpoint();
  return absl::OkStatus();
}

void Worker::TakeCheckpoint() {
  SHELF_FAILPOINT("checkpoint-due");
  checkpoint_.Clear();
  meta_.outputs = publisher_->offsets().KnownTo();
  world_.history.set_settled(RulesAreSettled());
  gatherer_.Gather(meta_, options_.availability_topics, reference_delta_, checkpoint_);
  publisher_->journal().Gather(checkpoint_);
  SHELF_FAILPOINT("checkpoint-gathered");
  writer_->Submit(checkpoint_);
  changed_since_checkpoint_ = false;
  checkpoint_due_ = false;
}

absl::Status Worker::Stop() {
  if (writer_ == nullptr || state_ != WorkerState::kRunning) return absl::OkStatus();
  // What is in flight may be acknowledged in time; what is not stays dirty in the checkpoint.
  const auto waits = [this] {
    return rejects_->pending() > 0 || outbox_.in_flight() > 0 || !reference_writer_->empty();
  };
  for (int turn = 0; turn < 50 && waits(); ++turn) {
    rejects_->Flush();
    reference_writer_->Flush();
    TakeDeliveries(100);
  }
  writer_->Finish();
  std::optional<absl::Status> result = writer_->TakeResult();
  if (result.has_value() && !result->ok()) return *result;
  if (rejects_->pending() > 0) return absl::OkStatus();
  TakeCheckpoint();
  writer_->Finish();
  result = writer_->TakeResult();
  return result.value_or(absl::OkStatus());
}

void Worker::Post(std::function<void(Worker&)> ask) {
  const std::lock_guard<std::mutex> lock(posted_mutex_);
  posted_.push_back(std::move(ask));
}

void Worker::RunPosted() {
  std::vector<std::function<void(Worker&)>> asked;
  {
    const std::lock_guard<std::mutex> lock(posted_mutex_);
    asked.swap(posted_);
  }
  for (const auto& ask : asked) ask(*this);
}

bool Worker::caught_up() const {
  return std::all_of(world_.partitions.begin(), world_.partitions.end(),
                     [](const auto& p) { return p == nullptr || p->live(); });
}

bool Worker::idle() const {
  return outbox_.empty() && rejects_->pending() == 0 && reference_writer_->empty() &&
         ticker_->unacknowledged() == 0;
}

}  // namespace shelf
