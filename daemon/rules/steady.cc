#include "rules/steady.h"

#include <algorithm>

namespace shelf {
namespace {

PartitionTime EndOf(const SteadyHold& hold, int64_t rise_after_ms) {
  int64_t end_ms = 0;
  if (__builtin_add_overflow(hold.since.ms, rise_after_ms, &end_ms)) return kNever;
  return PartitionTime{end_ms};
}

SteadyStep Waiting(int64_t decided, const SteadyHold& hold, int64_t rise_after_ms) {
  return {.sellable = decided, .hold = hold, .until = EndOf(hold, rise_after_ms)};
}

}  // namespace

SteadyStep AfterSteady(int64_t offered, std::optional<int64_t> decided,
                       const std::optional<SteadyHold>& hold, PartitionTime now,
                       int64_t rise_after_ms) {
  if (rise_after_ms <= 0 || !decided || offered <= *decided) {
    return {.sellable = offered, .hold = std::nullopt, .until = kNever};
  }
  const SteadyHold begun{.level = offered, .since = now};
  if (!hold) return Waiting(*decided, begun, rise_after_ms);
  const SteadyHold held{.level = std::min(hold->level, offered), .since = hold->since};
  if (now < EndOf(held, rise_after_ms)) return Waiting(*decided, held, rise_after_ms);
  if (offered == held.level) return {.sellable = offered, .hold = std::nullopt, .until = kNever};
  return Waiting(held.level, begun, rise_after_ms);
}

}  // namespace shelf
