// A stock event as the core works with it: borrowed from the record's bytes, reused between events.
// The wire contract is proto/shelf/v1/stock_event.proto.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "decode/reject.h"

namespace shelf {

enum class Body : uint8_t {
  kNone,  // no body, or one this version does not know
  kDeltas,
  kCounts,
  kSnapshotBegin,
  kSnapshotChunk,
  kSnapshotEnd,
  kPickResults,
  kReserve,
  kRelease,
  kHeartbeat,
  kTick,
  kExpectedReceipts,
  kListDecision,
};

// What an operator decided of a list that waits; 0 (unspecified) never leaves Decode.
enum class ListAction : uint8_t { kUnspecified, kRelease, kDrop };

// As in the contract; 0 (unspecified) never leaves Decode.
enum class Reason : uint8_t {
  kUnspecified,
  kSale,
  kReturn,
  kReceipt,
  kTransferIn,
  kTransferOut,
  kAdjustment,
  kDamage,
  kExpiry,
  kRecall,
  kShelfReplenishment,
};
// "sale", "transfer_in", …; "" for kUnspecified.
std::string_view ReasonName(Reason reason);

// One line of any body. What `quantity_milli` means is the body's: the signed movement, what was
// counted, what the book says, what was asked for (pick), what is reserved or expected.
struct Line {
  std::string_view sku;
  int64_t quantity_milli = 0;
  int64_t found_milli = 0;               // picks only
  uint32_t number = 0;                   // 1-based place in the document, for rejects
  Reason reason = Reason::kUnspecified;  // deltas only, the line's or else the document's
  bool shelf_only = false;               // counts only
};

// Lifetime: every view points into the bytes given to Decode. `lines` and `rejected` keep their
// capacity from event to event, so a steady stream allocates nothing.
struct Event {
  // The envelope.
  std::string_view store;
  std::string_view source;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  std::string_view event_id;
  EventTime event_time;
  EventTime sent_time;
  EventTime complete_through;  // 0 = no promise

  Body body = Body::kNone;
  std::vector<Line> lines;           // only the good ones
  std::vector<LineReject> rejected;  // the bad ones, each alone

  // Of the body, where it has them; else empty or 0.
  std::string_view document;  // snapshot_id, reservation_id, ExpectedReceipts.document
  std::string_view settles_reservation;
  std::string_view settles_expected;
  std::string_view channel;  // Reserve
  bool settles_in_part = false;
  uint64_t line_count = 0;       // SnapshotEnd
  int64_t due_or_expiry_ms = 0;  // Reserve.expires_at_ms, ExpectedReceipts.due_ms
  ListAction list_action = ListAction::kUnspecified;
  std::string_view decided_by;  // ListDecision.by

  // Of a Tick.
  PartitionTime tick_time;
  std::string_view tick_rule_set;
  int64_t tick_reference_offset = 0;
  bool tick_has_reference_offset = false;  // not 0: the contract cannot tell 0 from none

  void Clear();
  // All but the envelope.
  void ClearBody();
};

}  // namespace shelf
