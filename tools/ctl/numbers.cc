#include "ctl/numbers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace shelf::ctl {
namespace {

std::string Formatted(const char* format, int64_t unix_ms) {
  return absl::FormatTime(format, absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
}

int64_t WholeUnitsOf(int64_t milli) {
  const int64_t rest = milli % 1000;
  return milli / 1000 + (rest >= 500 ? 1 : rest <= -500 ? -1 : 0);
}

std::string TwoParts(int64_t large, const char* large_unit, int64_t small, const char* small_unit) {
  std::string text = absl::StrCat(large, " ", large_unit);
  if (small > 0) absl::StrAppend(&text, " ", small, " ", small_unit);
  return text;
}

}  // namespace

std::string Grouped(int64_t number) {
  std::string text = absl::StrCat(number);
  const size_t first_digit = number < 0 ? 1 : 0;
  for (size_t at = text.size(); at > first_digit + 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string WholeUnits(int64_t milli) { return Grouped(WholeUnitsOf(milli)); }

std::string Change(int64_t milli) {
  const int64_t units = WholeUnitsOf(milli);
  return absl::StrCat(units > 0 ? "+" : "", Grouped(units));
}

std::string Stretch(int64_t ms) {
  const int64_t s = std::max<int64_t>(0, ms) / 1000;
  const int64_t minutes = s / 60;
  const int64_t hours = minutes / 60;
  if (minutes == 0) return absl::StrCat(s, " s");
  if (hours == 0) return TwoParts(minutes, "min", s % 60, "s");
  if (hours < 48) return TwoParts(hours, "h", minutes % 60, "min");
  return TwoParts(hours / 24, "d", hours % 24, "h");
}

std::string TimeOfDay(int64_t unix_ms) { return Formatted("%H:%M:%SZ", unix_ms); }

std::string DayAndTime(int64_t unix_ms) { return Formatted("%Y-%m-%d %H:%M:%SZ", unix_ms); }

}  // namespace shelf::ctl
