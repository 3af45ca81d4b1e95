#include "position/apply.h"

#include <algorithm>
#include <limits>

#include "position/apply_body.h"
#include "position/watermark.h"

namespace shelf {
namespace {

// The latest time that a document can rightly bear.
EventTime Latest(const ApplyContext& context) {
  if (!context.time_known) return EventTime{std::numeric_limits<int64_t>::max()};
  return EventTime{std::max(context.now.ms, context.record_time_ms) + kFutureToleranceMs};
}

bool IsInFuture(const Event& event, const ApplyContext& context) {
  return std::max(event.event_time, event.complete_through) > Latest(context);
}

// A list's claim counts at its correct end only; until then it says nothing about the watermark.
bool ClaimsAtOnce(Body body) {
  return body != Body::kSnapshotBegin && body != Body::kSnapshotChunk && body != Body::kSnapshotEnd;
}

RejectReason BodyRefusal(const Event& event, RejectReason decoded, const ApplyContext& context) {
  if (decoded != RejectReason::kNone) return decoded;
  return IsInFuture(event, context) ? RejectReason::kFutureTime : RejectReason::kNone;
}

void NoteResync(const Event& event, const SequenceTracker::Observation& seen, EventTime latest,
                SourceState& source, ApplyResult& result) {
  result.opened_gap = seen.opened_gap;
  if (seen.new_epoch) {
    source.awaiting_resync = source.role != SourceRole::kEvidence;
    result.wants_list = source.role == SourceRole::kBook;
  }
  if ((seen.opened_gap || seen.new_epoch) && source.role == SourceRole::kEarly) {
    // A refused document from the future reveals a gap too, but the book will never pass its time.
    const EventTime revealed = std::max(event.complete_through, event.event_time);
    source.heals_at = std::max(source.heals_at, std::min(revealed, latest));
  }
}

ApplyResult ApplyNew(Event& event, RejectReason refusal, StoreState& store, uint8_t source_index,
                     ApplyContext& context) {
  ApplyResult result;
  result.reject = refusal;
  SourceState& source = store.sources[source_index];
  if (refusal == RejectReason::kNone) {
    result.reject = ApplyBody(event, store, source_index, context);
    result.reserved_beyond =
        event.body == Body::kReserve && ReservesBeyond(event, store, context.positions);
  }
  if (result.reject == RejectReason::kNone && event.complete_through.ms > 0 &&
      ClaimsAtOnce(event.body)) {
    source.sequence.Claim(event.sequence, event.complete_through);
  }
  return result;
}

}  // namespace

PositionId FindOrAddPosition(std::string_view sku, StoreState& store, ApplyContext& context) {
  const SkuId sku_id = context.skus.Intern(sku);
  PositionId id = store.index.Find(sku_id, context.positions);
  if (id.valid()) return id;
  id = context.positions.Add(store.id, sku_id);
  store.index.Insert(id, context.positions);
  return id;
}

Standing StandingOf(const StoreState& store) {
  return {.frozen = store.frozen(), .lost = store.state_lost};
}

void Conclude(const Standing& before, StoreState& store, ApplyContext& context,
              ApplyResult& result) {
  result.watermark_moved = AdvanceWatermark(store, context);
  store.EndLossWhenPassed();
  result.freeze_changed = store.frozen() != before.frozen;
  result.whole_again = before.lost && !store.state_lost;
}

ApplyResult Apply(Event& event, RejectReason decoded, StoreState& store, uint8_t source_index,
                  ApplyContext& context) {
  SourceState& source = store.sources[source_index];
  const Standing before = StandingOf(store);
  const SequenceTracker::Observation seen = source.sequence.Observe(event.epoch, event.sequence);
  switch (seen.outcome) {
    case SequenceTracker::Outcome::kDuplicate:
      return {.duplicate = true};
    case SequenceTracker::Outcome::kOldEpoch:
      return {.reject = RejectReason::kOldEpoch};
    case SequenceTracker::Outcome::kTooManyGaps:
      return {.reject = RejectReason::kTooManyGaps, .wants_list = true};
    case SequenceTracker::Outcome::kNew:
      break;
  }
  // The rest of the old epoch's list is refused from here on, and the sequences start again.
  if (seen.new_epoch && source.role == SourceRole::kBook) DropList(store, context);
  ApplyResult result =
      ApplyNew(event, BodyRefusal(event, decoded, context), store, source_index, context);
  NoteResync(event, seen, Latest(context), source, result);
  Conclude(before, store, context, result);
  return result;
}

}  // namespace shelf
