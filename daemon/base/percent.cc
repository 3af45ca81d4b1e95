#include "base/percent.h"

namespace shelf {
namespace {

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void AppendPercentEncoded(std::string_view part, std::string& out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : part) {
    if (IsUnreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
}

std::string JoinKey(std::initializer_list<std::string_view> parts) {
  std::string key;
  bool first = true;
  for (const std::string_view part : parts) {
    if (!first) key.push_back('/');
    first = false;
    AppendPercentEncoded(part, key);
  }
  return key;
}

std::optional<std::vector<std::string>> SplitKey(std::string_view key) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '/') {
      parts.emplace_back();
    } else if (key[i] == '%') {
      if (i + 2 >= key.size()) return std::nullopt;
      const int high = HexValue(key[i + 1]);
      const int low = HexValue(key[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      parts.back().push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      parts.back().push_back(key[i]);
    }
  }
  return parts;
}

}  // namespace shelf
