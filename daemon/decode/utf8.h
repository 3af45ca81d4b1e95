// Whether bytes are well-formed UTF-8, as the protobuf parser asks of a `string` field.
#pragma once

#include <string_view>

namespace shelf {

// True for the empty text. Refuses overlong forms, surrogates and code points above U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace shelf
