// Bytes to event: a reader of the Protobuf wire format that borrows instead of copying. It is held
// against proto/shelf/v1/stock_event.proto by a differential test (tests/decode) and a fuzz target.
#pragma once

#include <string_view>

#include "decode/event.h"
#include "decode/reject.h"

namespace shelf {

// Reads one StockEvent. kNone: `event` is whole; single bad lines stand in event.rejected, in the
// document's order. Otherwise `event` holds what could be read. The envelope is judged before the
// body: kUnknownBody, kBadEventTime and what is wrong with a document's id or channel come with a
// good store, source, epoch and sequence, and the caller lets the event consume its sequence.
//
// Accepts exactly the byte strings that the generated protobuf parser accepts (unknown fields are
// skipped, a repeated scalar keeps the last value, a repeated body merges and a different one
// replaces; strings must be UTF-8), and checks on top: names' lengths, source and sequence present
// except for a Tick, quantities within kQuantityMilliMax and of the right sign, a reason on each
// delta line. Field order on the wire does not matter (a document's reason may come after its
// lines). No time is negative, and the event time is present, except that a heartbeat needs none,
// a snapshot's may be its claim, and a tick's own time is taken as it stands.
//
// Pure; no allocation once `event`'s vectors have grown.
RejectReason Decode(std::string_view bytes, Event& event);

}  // namespace shelf
