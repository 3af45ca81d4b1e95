#include "decode/bodies.h"

#include "decode/lines.h"

namespace shelf {
namespace {

bool ReadDeltas(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case VarintTag(1):
        draft.document_reason = in.Int32();
        break;
      case LengthTag(2):
        in.Require(ReadDeltaLine(in.Message(), draft));
        break;
      case LengthTag(3):
        draft.event.settles_reservation = in.String();
        break;
      case VarintTag(4):
        draft.event.settles_in_part = in.Bool();
        break;
      case LengthTag(5):
        draft.event.settles_expected = in.String();
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

bool ReadCounts(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        in.Require(ReadCountLine(in.Message(), draft));
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

// SnapshotBegin and Release: a document's name and nothing else.
bool ReadNamed(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        draft.event.document = in.String();
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

bool ReadSnapshotChunk(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        draft.event.document = in.String();
        break;
      case LengthTag(2):
        in.Require(ReadBookLine(in.Message(), draft));
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

bool ReadSnapshotEnd(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        draft.event.document = in.String();
        break;
      case VarintTag(2):
        draft.event.line_count = in.Uint64();
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

bool ReadPickResults(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        in.Require(ReadPickLine(in.Message(), draft));
        break;
      case LengthTag(2):
        draft.event.document = in.String();
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

bool ReadReserve(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        draft.event.document = in.String();
        break;
      case LengthTag(2):
        draft.event.channel = in.String();
        break;
      case LengthTag(3):
        in.Require(ReadAmountLine(in.Message(), draft));
        break;
      case VarintTag(4):
        draft.event.due_or_expiry_ms = in.Int64();
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

bool ReadExpectedReceipts(WireReader in, Draft& draft) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        draft.event.document = in.String();
        break;
      case LengthTag(2):
        in.Require(ReadAmountLine(in.Message(), draft));
        break;
      case VarintTag(3):
        draft.event.due_or_expiry_ms = in.Int64();
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

ListAction ActionOf(int32_t action) {
  const bool known = action == static_cast<int32_t>(ListAction::kRelease) ||
                     action == static_cast<int32_t>(ListAction::kDrop);
  return known ? static_cast<ListAction>(action) : ListAction::kUnspecified;
}

bool ReadListDecision(WireReader in, Event& event) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        event.document = in.String();
        break;
      case VarintTag(2):
        event.list_action = ActionOf(in.Int32());
        break;
      case LengthTag(3):
        event.decided_by = in.String();
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

bool ReadHeartbeat(WireReader in) {
  while (const uint32_t tag = in.NextTag()) in.Skip(tag);
  return in.ok();
}

bool ReadTick(WireReader in, Event& event) {
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case VarintTag(1):
        event.tick_time.ms = in.Int64();
        break;
      case LengthTag(2):
        event.tick_rule_set = in.Bytes();
        break;
      case VarintTag(3):
        event.tick_reference_offset = in.Int64();
        event.tick_has_reference_offset = event.tick_reference_offset != 0;
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

}  // namespace

bool ReadBody(Body body, WireReader in, Draft& draft) {
  if (draft.event.body != body) {
    draft.event.ClearBody();
    draft.event.body = body;
    draft.lines_seen = 0;
    draft.document_reason = 0;
    draft.lines_await_reason = false;
  }
  switch (body) {
    case Body::kNone:
      return false;
    case Body::kDeltas:
      return ReadDeltas(in, draft);
    case Body::kCounts:
      return ReadCounts(in, draft);
    case Body::kSnapshotBegin:
    case Body::kRelease:
      return ReadNamed(in, draft);
    case Body::kSnapshotChunk:
      return ReadSnapshotChunk(in, draft);
    case Body::kSnapshotEnd:
      return ReadSnapshotEnd(in, draft);
    case Body::kPickResults:
      return ReadPickResults(in, draft);
    case Body::kReserve:
      return ReadReserve(in, draft);
    case Body::kHeartbeat:
      return ReadHeartbeat(in);
    case Body::kTick:
      return ReadTick(in, draft.event);
    case Body::kExpectedReceipts:
      return ReadExpectedReceipts(in, draft);
    case Body::kListDecision:
      return ReadListDecision(in, draft.event);
  }
  return false;
}

}  // namespace shelf
