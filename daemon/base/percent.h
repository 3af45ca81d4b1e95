// Percent-encoding of key parts: RFC 3986 unreserved characters stay, every other byte is %XX.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shelf {

// Appends `part` encoded to `out`.
void AppendPercentEncoded(std::string_view part, std::string& out);

// "a/b/c" of parts, each encoded.
std::string JoinKey(std::initializer_list<std::string_view> parts);

// Splits at '/' and decodes each part; nullopt when an escape is malformed.
std::optional<std::vector<std::string>> SplitKey(std::string_view key);

}  // namespace shelf
