#include "rules/presence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/numeric/int128.h"

namespace shelf {
namespace {

// In thousandths of milliseconds. In whole numbers: as doubles 1.1 hours are more than they are.
absl::int128 Limit(double quiet_limit, int64_t mean_gap_ms) {
  return absl::int128(std::llround(quiet_limit * 1000)) * mean_gap_ms;
}

// The same as silence_ms >= QuietFromMs, without its division.
bool TooQuiet(const Facts& facts, double quiet_limit) {
  if (quiet_limit <= 0 || facts.mean_gap_ms <= 0) return false;
  return absl::int128(facts.silence_ms) * 1000 >= Limit(quiet_limit, facts.mean_gap_ms);
}

}  // namespace

int64_t QuietFromMs(double quiet_limit, int64_t mean_gap_ms) {
  const absl::int128 most = std::numeric_limits<int64_t>::max();
  const absl::int128 ms = (Limit(quiet_limit, mean_gap_ms) + 999) / 1000;
  return static_cast<int64_t>(std::min(ms, most));
}

int64_t AfterPresence(int64_t in_milli, const Facts& facts, const PresenceRule& rule) {
  if (rule.after_nil_pick_until_evidence && facts.nil_pick) return 0;
  return TooQuiet(facts, rule.quiet_limit) ? 0 : in_milli;
}

}  // namespace shelf
