// What the word of a system of record in a store is worth (design page, section 2).
#pragma once

#include <cstdint>

namespace shelf {

enum class SourceRole : uint8_t {
  kBook,      // owns on-hand: its movements and lists
  kEarly,     // its movements count beyond what the book is complete through
  kEvidence,  // counts and picks only
};

}  // namespace shelf
