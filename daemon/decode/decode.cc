#include "decode/decode.h"

#include "base/ids.h"
#include "decode/bodies.h"
#include "decode/wire_reader.h"

namespace shelf {
namespace {

// The oneof's fields stand in the order of Body, from field 10 on.
constexpr uint32_t kFirstBodyField = 10;
constexpr uint32_t kLastBodyField = 21;
static_assert(kLastBodyField - kFirstBodyField + static_cast<uint32_t>(Body::kDeltas) ==
              static_cast<uint32_t>(Body::kListDecision));

// kNone: the tag is no body that this version knows.
constexpr Body BodyOf(uint32_t tag) {
  const uint32_t field = tag >> 3;
  if (field < kFirstBodyField || field > kLastBodyField || tag != LengthTag(field)) {
    return Body::kNone;
  }
  return static_cast<Body>(field - kFirstBodyField + static_cast<uint32_t>(Body::kDeltas));
}

void ReadBodyOrSkip(uint32_t tag, WireReader& in, Draft& draft) {
  const Body body = BodyOf(tag);
  if (body == Body::kNone) return in.Skip(tag);
  in.Require(ReadBody(body, in.Message(), draft));
}

bool ReadEvent(WireReader in, Draft& draft) {
  Event& event = draft.event;
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        event.store = in.String();
        break;
      case LengthTag(2):
        event.source = in.String();
        break;
      case VarintTag(3):
        event.epoch = in.Uint64();
        break;
      case VarintTag(4):
        event.sequence = in.Uint64();
        break;
      case LengthTag(5):
        event.event_id = in.String();
        break;
      case VarintTag(6):
        event.event_time.ms = in.Int64();
        break;
      case VarintTag(7):
        event.sent_time.ms = in.Int64();
        break;
      case VarintTag(8):
        event.complete_through.ms = in.Int64();
        break;
      default:
        ReadBodyOrSkip(tag, in, draft);
    }
  }
  return in.ok();
}

RejectReason CheckNames(const Event& event) {
  if (event.store.empty()) return RejectReason::kEmptyStore;
  if (event.store.size() > kStoreBytesMax) return RejectReason::kStoreTooLong;
  if (event.source.empty()) return RejectReason::kEmptySource;
  if (event.source.size() > kSourceBytesMax) return RejectReason::kSourceTooLong;
  if (event.epoch == 0 || event.sequence == 0) return RejectReason::kNoSequence;
  return RejectReason::kNone;
}

bool HasEventTime(const Event& event) {
  if (event.event_time.ms < 0 || event.complete_through.ms < 0) return false;
  if (event.event_time.ms > 0) return true;
  switch (event.body) {
    case Body::kHeartbeat:
      return true;
    case Body::kSnapshotBegin:
    case Body::kSnapshotChunk:
    case Body::kSnapshotEnd:
      return event.complete_through.ms > 0;
    default:
      return false;
  }
}

// Reservations and expected receipts are remembered by their names.
RejectReason CheckDocument(const Event& event) {
  switch (event.body) {
    case Body::kReserve:
    case Body::kRelease:
    case Body::kExpectedReceipts:
      break;
    default:
      return RejectReason::kNone;
  }
  if (event.document.empty()) return RejectReason::kEmptyDocument;
  if (event.document.size() > kDocumentBytesMax) return RejectReason::kDocumentTooLong;
  const bool fits = event.channel.size() <= kChannelBytesMax;
  return fits ? RejectReason::kNone : RejectReason::kChannelTooLong;
}

// The daemon's own, in nobody's sequence.
RejectReason CheckDecision(const Event& event) {
  if (event.store.empty()) return RejectReason::kEmptyStore;
  if (event.store.size() > kStoreBytesMax) return RejectReason::kStoreTooLong;
  const bool decides = event.list_action != ListAction::kUnspecified;
  return decides ? RejectReason::kNone : RejectReason::kUnknownBody;
}

RejectReason CheckEvent(const Event& event) {
  if (event.body == Body::kTick) return RejectReason::kNone;
  if (event.body == Body::kListDecision) return CheckDecision(event);
  const RejectReason names = CheckNames(event);
  if (names != RejectReason::kNone) return names;
  if (event.body == Body::kNone) return RejectReason::kUnknownBody;
  return HasEventTime(event) ? CheckDocument(event) : RejectReason::kBadEventTime;
}

}  // namespace

RejectReason Decode(std::string_view bytes, Event& event) {
  event.Clear();
  Draft draft(event);
  if (!ReadEvent(WireReader(bytes), draft)) return RejectReason::kMalformed;
  SettleReasons(draft);
  return CheckEvent(event);
}

}  // namespace shelf
