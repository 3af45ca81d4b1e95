// The bodies of a StockEvent, each read into the event as the generated parser would merge it.
#pragma once

#include "decode/event.h"
#include "decode/lines.h"
#include "decode/wire_reader.h"

namespace shelf {

// Reads one occurrence of the body `body`. The same body again adds to what is there, a different
// one replaces it. False when the bytes are no such message.
bool ReadBody(Body body, WireReader in, Draft& draft);

}  // namespace shelf
