// GS1 identification numbers.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace shelf {

// OK for exactly `digits` decimal digits of which the last is the GS1 check digit (weights 3 and 1
// from the right), and for the empty text: 13 for a GLN, 14 for a GTIN-14. Otherwise
// InvalidArgument whose message says what is wrong, without naming the field.
absl::Status CheckGs1Number(std::string_view number, size_t digits);

}  // namespace shelf
