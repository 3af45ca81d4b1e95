#include "agent/values.h"

#include <algorithm>
#include <charconv>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "decode/reject.h"

namespace shelf::agent {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The number in units of 10^-places; nullopt when it is none, finer than that or out of range.
std::optional<int64_t> ParseFixed(std::string_view text, char decimal_sign, int places) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  const size_t point = text.find(decimal_sign);
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() && decimals.empty()) return std::nullopt;

  int64_t value = 0;
  const auto append = [&](char digit) {
    if (!IsDigit(digit)) return false;
    value = value * 10 + (digit - '0');
    return value <= kQuantityMilliMax;
  };
  if (!std::all_of(whole.begin(), whole.end(), append)) return std::nullopt;
  for (size_t i = 0; i < static_cast<size_t>(places); ++i) {
    if (!append(i < decimals.size() ? decimals[i] : '0')) return std::nullopt;
  }
  for (size_t i = static_cast<size_t>(places); i < decimals.size(); ++i) {
    if (decimals[i] != '0') return std::nullopt;
  }
  return negative ? -value : value;
}

std::optional<int64_t> ParseUnixMillis(std::string_view text) {
  if (text.size() < 12 || text.size() > 14) return std::nullopt;
  int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return ms;
}

std::optional<int64_t> ParseCalendarTime(std::string_view text, absl::TimeZone zone) {
  if (text.size() < 19) return std::nullopt;
  std::string normal(text);
  if (normal[10] == ' ') normal[10] = 'T';
  absl::Time time;
  const bool good = absl::ParseTime(absl::RFC3339_full, normal, &time, nullptr) ||
                    absl::ParseTime("%Y-%m-%d%ET%H:%M:%E*S", normal, zone, &time, nullptr);
  if (!good) return std::nullopt;
  return absl::ToUnixMillis(time);
}

}  // namespace

std::optional<int64_t> ParseMilli(std::string_view text, char decimal_sign) {
  return ParseFixed(text, decimal_sign, 3);
}

std::optional<int64_t> ParseThousandths(std::string_view text, char decimal_sign) {
  return ParseFixed(text, decimal_sign, 0);
}

absl::StatusOr<TimeParser> TimeParser::Make(const std::string& zone) {
  absl::TimeZone found;
  if (!absl::LoadTimeZone(zone, &found)) {
    return absl::InvalidArgumentError(absl::StrCat("no time zone is named '", zone, "'"));
  }
  return TimeParser(found);
}

std::optional<int64_t> TimeParser::Parse(std::string_view text) {
  if (text == last_text_) return last_;
  last_ = ParseUnixMillis(text);
  if (!last_) last_ = ParseCalendarTime(text, zone_);
  if (last_ && *last_ <= 0) last_.reset();
  last_text_ = text;
  return last_;
}

}  // namespace shelf::agent
