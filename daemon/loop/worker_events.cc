// What a worker does with one record of stock-events: an event of a store, or a tick.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/failpoint.h"
#include "base/murmur2.h"
#include "loop/lag.h"
#include "loop/loss.h"
#include "loop/worker.h"
#include "position/early_drops.h"
#include "position/sweep.h"

namespace shelf {
namespace {

constexpr size_t kLineRejectsMax = 100;
constexpr std::string_view kOwnSource = "shelfd";

// Without these the event cannot be placed in its source's order, so it consumes no sequence.
bool HasNoEnvelope(RejectReason reason) {
  switch (reason) {
    case RejectReason::kMalformed:
    case RejectReason::kEmptyStore:
    case RejectReason::kStoreTooLong:
    case RejectReason::kEmptySource:
    case RejectReason::kSourceTooLong:
    case RejectReason::kNoSequence:
      return true;
    default:
      return false;
  }
}

std::string Place(const Event& event) {
  return absl::StrCat("event ", absl::string_view(event.event_id.data(), event.event_id.size()),
                      " of store ", absl::string_view(event.store.data(), event.store.size()),
                      ", source ", absl::string_view(event.source.data(), event.source.size()),
                      ", epoch ", event.epoch, ", sequence ", event.sequence);
}

std::string DecisionPlace(const Event& event) {
  const auto text = [](std::string_view view) {
    return absl::string_view(view.data(), view.size());
  };
  return absl::StrCat("decision by ", text(event.decided_by), ", source ", text(event.source),
                      ", on list '", text(event.document), "' of store ", text(event.store),
                      ": see `shelfctl hold list` for the lists that wait");
}

std::string Said(RejectReason reason) { return std::string(RejectReasonName(reason)); }

}  // namespace

bool Worker::Accepts(const Record& record, Partition& partition, RejectReason decoded) {
  RejectReason reason = RejectReason::kNone;
  std::string detail;
  if (HasNoEnvelope(decoded)) {
    reason = decoded;
    detail = absl::StrCat(Said(reason), ": the record is no StockEvent that can be placed; ",
                          record.value.size(), " bytes");
  } else if (record.key != event_.store) {
    reason = RejectReason::kWrongKey;
    detail = absl::StrCat(Place(event_), ": the record's key is not the store");
  } else if (const int32_t right = PartitionOf(event_.store, world_.options.partitions_total);
             right != record.partition) {
    reason = RejectReason::kWrongPartition;
    detail = absl::StrCat(Place(event_), ": belongs on partition ", right,
                          " (murmur2 of the key, as Java's default partitioner)");
  }
  if (reason == RejectReason::kNone) return true;
  rejects_->Refuse(record, reason, detail, partition.now);
  return false;
}

void Worker::HandleEvent(const Record& record, Partition& partition, RejectReason decoded) {
  Store& store = world_.FindOrAddStore(event_.store, partition);
  const int source = world_.FindOrAddSource(event_.source, store);
  if (source < 0) {
    rejects_->Refuse(record, RejectReason::kSourceTooLong,
                     absl::StrCat(Place(event_), ": the store has 255 sources already"),
                     partition.now);
    return;
  }
  touched_.clear();
  ApplyContext context{.positions = world_.positions,
                       .skus = world_.sku_names,
                       .now = partition.now,
                       .time_known = partition.time_known,
                       .record_time_ms = record.timestamp_ms,
                       .touched = touched_};
  const bool held_before = store.state.list.held;
  const ApplyResult result =
      Apply(event_, decoded, store.state, static_cast<uint8_t>(source), context);
  if (store.state.list.held && !held_before) ++counters_.lists_held;
  if (result.duplicate) {
    ++counters_.duplicates;
    return;
  }
  counters_.lines += event_.lines.size();
  if (result.reserved_beyond) ++counters_.reserved_beyond;
  world_.MarkDirty(store);
  Answer(record, store, source, result);
  Reevaluate(store, partition, result);
}

void Worker::Answer(const Record& record, Store& store, int source, const ApplyResult& result) {
  const Partition& partition = world_.PartitionOf(store);
  if (result.reject != RejectReason::kNone) {
    rejects_->Refuse(record, result.reject, absl::StrCat(Said(result.reject), ": ", Place(event_)),
                     partition.now);
  }
  if (!event_.rejected.empty()) RefuseLines(record, partition);
  if (!partition.live()) return;
  if (result.reject == RejectReason::kNone || result.reject == RejectReason::kSnapshotMismatch) {
    requests_->NoteDocument(store, source, event_.body);
  }
  requests_->AskForCounts(store);
  if (result.reject == RejectReason::kOldEpoch) requests_->AnswerOldEpoch(store, source);
  if (result.reject == RejectReason::kTooManyGaps) {
    requests_->AskWhenDue(store, source, RequestKind::kList, "too many gaps");
  } else if (result.wants_list) {
    requests_->Ask(store, source, RequestKind::kList, "the source started over");
  } else if (result.opened_gap) {
    requests_->AskForNewGap(store, source, event_.sequence);
  }
}

void Worker::RefuseLines(const Record& record, const Partition& partition) {
  for (size_t i = 0; i < event_.rejected.size(); ++i) {
    const LineReject& line = event_.rejected[i];
    if (i == kLineRejectsMax) {
      rejects_->Refuse(
          record, line.reason,
          absl::StrCat(Place(event_), ": and ", event_.rejected.size() - i, " more lines refused"),
          partition.now);
      return;
    }
    rejects_->Refuse(
        record, line.reason,
        absl::StrCat("line ", line.number, ": ", Said(line.reason), ": ", Place(event_)),
        partition.now);
  }
}

void Worker::Reevaluate(Store& store, Partition& partition, const ApplyResult& result) {
  if (!partition.live()) return;
  const Cause cause = CauseOf(partition);
  if (result.freeze_changed) store.beacon_due = !beacon_->Send(store);
  const bool lag_moved =
      (result.watermark_moved || store.lag_band < 0 || !partition.deaf.empty()) &&
      UpdateLag(store, partition);
  if (lag_moved || result.whole_again) {
    evaluator_.EvaluateStore(store, cause);
    return;
  }
  for (const PositionId id : touched_) evaluator_.Evaluate(id, cause);
  if (result.watermark_moved) evaluator_.EvaluateAwaiting(store, cause);
}

void Worker::HandleDecision(const Record& record, Partition& partition, RejectReason decoded) {
  ApplyResult result;
  result.reject = decoded;
  if (decoded == RejectReason::kNone && event_.source != kOwnSource) {
    result.reject = RejectReason::kUnknownBody;
  }
  Store* const store = world_.FindStore(event_.store);
  touched_.clear();
  if (result.reject == RejectReason::kNone && store == nullptr)
    result.reject = RejectReason::kNoSuchList;
  if (result.reject == RejectReason::kNone) {
    ApplyContext context{.positions = world_.positions,
                         .skus = world_.sku_names,
                         .now = partition.now,
                         .time_known = partition.time_known,
                         .touched = touched_};
    result = DecideList(event_, store->state, context);
  }
  if (result.reject != RejectReason::kNone) {
    rejects_->Refuse(record, result.reject,
                     absl::StrCat(Said(result.reject), ": ", DecisionPlace(event_)), partition.now);
    return;
  }
  world_.MarkDirty(*store);
  Reevaluate(*store, partition, result);
}

void Worker::HandleTick(const Record& record, Partition& partition) {
  if (event_.source != kOwnSource) {
    rejects_->Refuse(record, RejectReason::kUnknownBody, "unknown_body: ticks are the daemon's own",
                     partition.now);
    return;
  }
  if (record.timestamp_ms > 0 && event_.tick_time.ms > record.timestamp_ms + kFutureToleranceMs) {
    // A leap of the writer's clock would stand for ever: partition time never goes back.
    rejects_->Refuse(record, RejectReason::kFutureTime,
                     "future_time: a tick ahead of the broker's clock", partition.now);
    return;
  }
  // Before our own first tick it says nothing: it may be older than our start.
  if (options_.writes_ticks && partition.caught_up && event_.epoch > versions_->incarnation() + 1) {
    failure_ = Superseded(versions_->incarnation(), event_.epoch - 1,
                          absl::StrCat("topic ", options_.input_topic));
    return;
  }
  ++counters_.ticks;
  why_ = CauseKind::kTime;
  const bool was_live = partition.live();
  const bool deaf_changed = MoveTime(partition, event_.tick_time);
  DropExpiredStops(world_, partition.now);
  NoteTimeAfterLoss(world_, partition);
  const bool written_by_us =
      event_.epoch == versions_->incarnation() + 1 && record.offset >= partition.begun_at;
  TakeTickRules(partition, written_by_us);
  partition.reference_offset = event_.tick_reference_offset;
  ApplyReferenceThrough(partition.reference_offset);
  // Last: until here nothing of the partition is evaluated, so that its lag is never unknown then.
  const bool is_ours = any_tick_is_ours_ || written_by_us;
  if (is_ours) partition.caught_up = true;
  PassStoresTime(partition);
  if (!partition.live()) return;
  if (was_live) {
    RunDue(partition, deaf_changed);
    for (const PositionId id : touched_) evaluator_.Evaluate(id, CauseOf(partition));
  } else {
    GoLive(partition);
  }
  sweeps_.Run(partition, CauseOf(partition));
  // Last, so that a held rise that this tick takes back is not let go.
  outbox_.Advance(partition.id, partition.now);
  beacon_->Run(partition);
  requests_->Run(partition);
  if (options_.publish_on_ticks_only) Publish();
}

// What stores forget by time alone; touched_ are the positions of which less is reserved now.
void Worker::PassStoresTime(Partition& partition) {
  touched_.clear();
  ApplyContext context{.positions = world_.positions,
                       .skus = world_.sku_names,
                       .now = partition.now,
                       .time_known = true,
                       .touched = touched_};
  for (const StoreId id : partition.stores) {
    Store& store = world_.StoreOf(id);
    const EventTime horizon{partition.now.ms - world_.options.ring_age_max_ms};
    const bool dropped = DropOldMovements(horizon, store.state, world_.positions);
    const bool orders_due = store.state.orders_due() <= partition.now;
    if (orders_due) PassTime(store.state, context);
    if (orders_due || dropped) world_.MarkDirty(store);
  }
}

// Time alone: stores whose lag crosses a border are to be swept, positions whose own answer is due
// too.
void Worker::RunDue(Partition& partition, bool all_lags) {
  const Cause cause = CauseOf(partition);
  for (const StoreId id : partition.stores) {
    Store& store = world_.StoreOf(id);
    if (!all_lags && store.lag_due > partition.now) continue;
    const int band_before = store.lag_band;
    if (!UpdateLag(store, partition)) continue;
    // Silence only takes away; what a deaf stretch leaves out of the lag only gives back.
    if (band_before < 0) {
      partition.sweeps.Add(id, cause);
    } else if (store.lag_band > band_before) {
      partition.sweeps.AddFalling(id, cause);
    } else {
      partition.sweeps.AddRising(id, cause);
    }
  }
  partition.wheel.Advance(partition.now);
}

// The backlog is applied: now everything is evaluated, first what was waiting to be, and only what
// differs goes out. Keys that are said again say what is true now.
void Worker::GoLive(Partition& partition) {
  why_ = CauseKind::kStart;
  // A recording goes on where its state ends: nothing is missing between.
  if (!any_tick_is_ours_) evaluator_.BeginHoldsAnew(partition);
  SayAgain(partition);
  SHELF_FAILPOINT("going-live");
  partition.wheel.Advance(partition.now);
  for (const StoreId id : partition.stores) {
    UpdateLag(world_.StoreOf(id), partition);
    partition.sweeps.Add(id, CauseOf(partition));
  }
  for (const PositionId id : touched_) evaluator_.Evaluate(id, CauseOf(partition));
}

}  // namespace shelf
