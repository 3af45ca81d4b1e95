#include "decode/utf8.h"

#include <string>

#include "support/catch.h"

namespace shelf {
namespace {

// The textbook construction: what a code point's UTF-8 is, with no regard to whether it may be.
std::string Encoded(uint32_t code_point, int length) {
  if (length == 1) return std::string(1, static_cast<char>(code_point));
  static constexpr uint32_t kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  std::string bytes(1, static_cast<char>(kLead[length] | code_point >> (6 * (length - 1))));
  for (int i = length - 2; i >= 0; --i) {
    bytes.push_back(static_cast<char>(0x80 | ((code_point >> (6 * i)) & 0x3F)));
  }
  return bytes;
}

int ShortestLength(uint32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

bool MayBe(uint32_t code_point) {
  return code_point <= 0x10FFFF && !(code_point >= 0xD800 && code_point <= 0xDFFF);
}

TEST_CASE("of all four-byte values just the shortest forms of real code points are UTF-8",
          "[decode]") {
  constexpr uint32_t kLimit[] = {0, 0x80, 0x800, 0x10000, 0x200000};
  for (int length = 1; length <= 4; ++length) {
    for (uint32_t code_point = 0; code_point < kLimit[length]; ++code_point) {
      const bool expected = MayBe(code_point) && ShortestLength(code_point) == length;
      if (IsUtf8(Encoded(code_point, length)) != expected) FAIL(code_point << " in " << length);
    }
  }
}

TEST_CASE("a sequence that breaks off is not UTF-8, wherever it stands", "[decode]") {
  const std::string ascii = "0123456789abcdef";
  for (const std::string broken : {"\xC3", "\xE5\x95", "\xF0\x9F\x9B", "\x80", "\xFF", "\xC3("}) {
    for (size_t before = 0; before <= ascii.size(); ++before) {
      CHECK_FALSE(IsUtf8(ascii.substr(0, before) + broken));
      CHECK_FALSE(IsUtf8(ascii.substr(0, before) + broken + ascii));
    }
  }
}

TEST_CASE("text of mixed lengths is UTF-8", "[decode]") {
  CHECK(IsUtf8(""));
  CHECK(IsUtf8("0123456789"));
  CHECK(IsUtf8("Käse 商品 \xF0\x9F\x9B\x92 0123456789"));
}

}  // namespace
}  // namespace shelf
