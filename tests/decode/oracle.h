// What Decode must make of bytes, worked out from the generated protobuf classes and from the
// rules in decode.h, written a second time and for clarity instead of speed.
#pragma once

#include <string>
#include <string_view>

#include "decode/decode.h"

namespace shelf {

// "malformed", or every field that a StockEvent's reader can see, the lines and the rejects: one
// text for each meaning.
std::string ExpectedMeaning(std::string_view bytes);

// The same text from what Decode gave.
std::string DecodedMeaning(RejectReason reason, const Event& event);
std::string DecodedMeaning(std::string_view bytes);

}  // namespace shelf
