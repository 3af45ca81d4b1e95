// Bytes to event: a reader of the Protobuf wire format that borrows instead of copying. It is held
// against proto/shelf/v1/stock_event.proto by a differential test (tests/decode) and a fuzz target.
#pragma once

#include <string_view>

#include "decode/event.h"
#include "decode/reject.h"

namespace shelf {

// Reads one StockEvent. kNone: `event` is whole; single bad lines stand in event.rejected.
// Otherwise `event` holds what could be read: with every reason but kMalformed the envelope is
// readable, and the caller lets it consume its sequence.
//
// Accepts exactly the byte strings that the generated protobuf parser accepts (unknown fields are
// skipped, a repeated scalar keeps the last value, a repeated oneof the last body; packed or not;
// strings must be UTF-8), and checks on top: names' lengths, source and sequence present except
// for a Tick, quantities within kQuantityMilliMax and of the right sign, a reason on each delta
// line. Field order on the wire does not matter (a document's reason may come after its lines).
//
// Pure; no allocation once `event`'s vectors have grown.
RejectReason Decode(std::string_view bytes, Event& event);

}  // namespace shelf
