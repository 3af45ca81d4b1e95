#include "rules/values.h"

#include <algorithm>

namespace shelf {
namespace {

constexpr size_t kWholeDigitsMax = 9;

// Appends decimal digits to `value`; false when `digits` has anything else.
bool AppendDigits(std::string_view digits, int64_t& value) {
  for (char c : digits) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  return true;
}

int64_t UnitMs(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  if (unit == "d") return 86'400'000;
  return 0;
}

}  // namespace

std::optional<int64_t> ParseDecimal(std::string_view text, int decimals) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (fraction.empty() || fraction.size() > static_cast<size_t>(decimals)) return std::nullopt;
  }
  int64_t value = 0;
  if (whole.empty() || whole.size() > kWholeDigitsMax || !AppendDigits(whole, value) ||
      !AppendDigits(fraction, value)) {
    return std::nullopt;
  }
  for (size_t digits = fraction.size(); digits < static_cast<size_t>(decimals); ++digits) {
    value *= 10;
  }
  return value;
}

std::optional<int64_t> ParseDurationMs(std::string_view text) {
  const size_t unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
  const int64_t unit_ms = UnitMs(text.substr(unit_at));
  const std::optional<int64_t> count = ParseDecimal(text.substr(0, unit_at), 0);
  if (unit_ms == 0 || !count) return std::nullopt;
  return *count * unit_ms;
}

std::optional<int64_t> ParsePercent(std::string_view text, int decimals) {
  if (!text.empty() && text.back() == '%') text.remove_suffix(1);
  return ParseDecimal(text, decimals);
}

}  // namespace shelf
