// What the author of a file probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace shelf {

// The candidate that the fewest single-character changes turn `written` into, if they are few for
// its length; else empty. The first of equals.
std::string NearestName(std::string_view written, std::span<const std::string> candidates);

}  // namespace shelf
