#include "rules/presence.h"

namespace shelf {
namespace {

bool TooQuiet(const Facts& facts, double quiet_limit) {
  if (quiet_limit <= 0 || facts.mean_gap_ms <= 0) return false;
  return static_cast<double>(facts.silence_ms) >=
         quiet_limit * static_cast<double>(facts.mean_gap_ms);
}

}  // namespace

int64_t AfterPresence(int64_t in_milli, const Facts& facts, const PresenceRule& rule) {
  if (rule.after_nil_pick_until_evidence && facts.nil_pick) return 0;
  return TooQuiet(facts, rule.quiet_limit) ? 0 : in_milli;
}

}  // namespace shelf
