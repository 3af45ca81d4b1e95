// The lines of a StockEvent's bodies. Each reader takes one line's message and puts it among the
// event's good lines or, with its fault, among the rejected; false when the bytes are no such
// message. A line with several faults is rejected for the first of: SKU, reason, quantities.
#pragma once

#include <cstdint>

#include "decode/event.h"
#include "decode/wire_reader.h"

namespace shelf {

// An event while its fields are still coming in.
struct Draft {
  explicit Draft(Event& e) : event(e) {}

  Event& event;
  uint32_t lines_seen = 0;      // of the present body, good and bad
  int32_t document_reason = 0;  // Deltas.reason as it stands on the wire
  bool lines_await_reason = false;
};

bool ReadDeltaLine(WireReader in, Draft& draft);
bool ReadCountLine(WireReader in, Draft& draft);
bool ReadBookLine(WireReader in, Draft& draft);
bool ReadPickLine(WireReader in, Draft& draft);
bool ReadAmountLine(WireReader in, Draft& draft);  // ReserveLine and ExpectedLine

// Once the whole event is read: delta lines without a reason take the document's, or are rejected.
void SettleReasons(Draft& draft);

}  // namespace shelf
