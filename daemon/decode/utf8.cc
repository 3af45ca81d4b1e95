#include "decode/utf8.h"

#include <cstdint>
#include <cstring>

namespace shelf {
namespace {

bool AreEightAscii(const unsigned char* at) {
  uint64_t eight;
  std::memcpy(&eight, at, sizeof(eight));
  return (eight & 0x8080808080808080u) == 0;
}

// Identifiers are nearly always ASCII, so those go by eight bytes at a time, the last eight
// overlapping what was seen already.
const unsigned char* SkipAscii(const unsigned char* at, const unsigned char* end) {
  const unsigned char* const begin = at;
  while (end - at >= 8 && AreEightAscii(at)) at += 8;
  if (at != begin && end - at < 8 && AreEightAscii(end - 8)) return end;
  while (at != end && *at < 0x80) ++at;
  return at;
}

bool InRange(unsigned char byte, unsigned char low, unsigned char high) {
  return byte >= low && byte <= high;
}

// The length of the well-formed sequence that starts at `at`, whose first byte is not ASCII;
// 0 when there is none. Only the second byte's range depends on the first: that is where overlong
// forms, surrogates and what lies above U+10FFFF are told apart.
int SequenceLength(const unsigned char* at, const unsigned char* end) {
  const unsigned char lead = at[0];
  const int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (!InRange(lead, 0xC2, 0xF4) || end - at < length) return 0;
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (!InRange(at[1], low, high)) return 0;
  for (int i = 2; i < length; ++i) {
    if (!InRange(at[i], 0x80, 0xBF)) return 0;
  }
  return length;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while ((at = SkipAscii(at, end)) != end) {
    const int length = SequenceLength(at, end);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace shelf
