#include "ctl/when.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "rules/values.h"

namespace shelf::ctl {

absl::StatusOr<int64_t> ParseInstantMs(const std::string& option, const std::string& text) {
  int64_t ms = 0;
  if (text.size() >= 12 && absl::SimpleAtoi(text, &ms) && ms > 0) return ms;
  absl::Time time;
  for (const char* const format : {"%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%d%t%H:%M:%E*S%Ez"}) {
    if (absl::ParseTime(format, text, &time, nullptr)) return absl::ToUnixMillis(time);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(option, " ", text, " is no time with its zone, such as 2026-11-22T13:00:00Z or ",
                   "\"2026-11-22 14:00:00+01:00\""));
}

absl::StatusOr<int64_t> ParseSpanMs(const std::string& option, const std::string& text) {
  const std::optional<int64_t> ms = ParseDurationMs(text);
  if (ms.has_value()) return *ms;
  return absl::InvalidArgumentError(
      absl::StrCat(option, " ", text, " is no span of time, such as 90s, 30m, 4h or 2d"));
}

}  // namespace shelf::ctl
