// A value's text as an option of the table wants it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/options.h"

namespace shelf {

// The value of an option that is a number or a duration: thousandths of units, thousandths of a
// number, a whole number, a percentage with the option's decimals, milliseconds. nullopt: not what
// the option wants, or out of its range.
std::optional<int64_t> ParseOption(const Option& option, std::string_view text);

// What would be right, to stand after "must be": "a whole number from 0 to 10".
std::string WantedOf(const Option& option);

// What the author of a text that is not wanted may have meant, to stand at the end of a message:
// "; the unit is missing". Empty when nothing is known.
std::string HintFor(const Option& option, std::string_view text);

}  // namespace shelf
