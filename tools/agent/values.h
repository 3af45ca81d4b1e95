// Quantities and times as files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace shelf::agent {

// "12", "-1.5", "+0.250" as thousandths: 12000, -1500, 250. Decimals beyond the third must be 0.
// nullopt: no number, or beyond kQuantityMilliMax.
std::optional<int64_t> ParseMilli(std::string_view text, char decimal_sign);

// A number that is in thousandths already: "10310" is 10310. Decimals must be 0.
std::optional<int64_t> ParseThousandths(std::string_view text, char decimal_sign);

// "2017-03-06 00:01:31" or with 'T', in a zone of one's own; RFC 3339 with an offset; Unix
// milliseconds (12 to 14 digits, so that seconds are never taken for them). A local time that a
// clock change repeats is the first of the two.
class TimeParser {
 public:
  // `zone` is an IANA name. InvalidArgument: there is none of that name.
  static absl::StatusOr<TimeParser> Make(const std::string& zone);

  // Unix milliseconds, > 0. nullopt: not one of the above. Rows of a document repeat their time,
  // so the last answer is kept.
  std::optional<int64_t> Parse(std::string_view text);

 private:
  explicit TimeParser(absl::TimeZone zone) : zone_(zone) {}

  absl::TimeZone zone_;
  std::string last_text_;
  std::optional<int64_t> last_;
};

}  // namespace shelf::agent
