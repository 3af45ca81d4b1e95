// The written forms of quantities, times and percentages in a rules file. Exact: no floating point.
// nullopt: malformed, negative, more decimals than can be kept, or too many digits to be meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace shelf {

// "12", "0.5" -> 12'000, 500 with three decimals. At most `decimals` (0 … 9) digits after the point
// and 9 before it.
std::optional<int64_t> ParseDecimal(std::string_view text, int decimals);

// "250ms", "90s", "30m", "4h", "2d" -> milliseconds. The unit is needed; at most 9 digits.
std::optional<int64_t> ParseDurationMs(std::string_view text);

// "80%" and "80" -> 80'000'000 with six decimals. The range is the caller's to judge.
std::optional<int64_t> ParsePercent(std::string_view text, int decimals);

}  // namespace shelf
