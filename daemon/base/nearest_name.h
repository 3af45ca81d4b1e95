// What the author of a file probably meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace shelf {

// The candidate that the fewest single-character changes turn `written` into, if they are few: at
// most one in `bytes_per_change` bytes of it, and at least one. Else empty. The first of equals.
std::string NearestName(std::string_view written, std::span<const std::string> candidates,
                        size_t bytes_per_change = 3);

}  // namespace shelf
