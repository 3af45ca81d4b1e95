#include "position/store_state.h"

#include <algorithm>

namespace shelf {

int StoreState::FindSource(std::string_view name) const {
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

bool StoreState::has_early() const {
  return std::any_of(sources.begin(), sources.end(),
                     [](const SourceState& s) { return s.role == SourceRole::kEarly; });
}

bool StoreState::frozen() const {
  return std::any_of(sources.begin(), sources.end(), [](const SourceState& s) {
    const bool holds = s.role == SourceRole::kBook || (s.role == SourceRole::kEarly && s.required);
    return holds && s.frozen();
  });
}

size_t StoreState::bytes() const {
  size_t sum = sizeof(StoreState) + ring.bytes() + index.bytes() +
               sources.capacity() * sizeof(SourceState) + early.capacity() * sizeof(EarlyMovement) +
               nil_picks.capacity() * (sizeof(PositionId) + sizeof(int64_t) + 1);
  for (const SourceState& source : sources) {
    sum += source.sequence.ranges().capacity() * sizeof(SequenceTracker::Range);
  }
  return sum;
}

}  // namespace shelf
