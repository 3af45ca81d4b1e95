#include "position/store_state.h"

#include <algorithm>

namespace shelf {

int StoreState::FindSource(std::string_view name) const {
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

void StoreState::WantCount(const CountWanted& wanted) {
  if (counts_wanted.size() == kCountsWantedMax) return;
  const bool known = std::any_of(counts_wanted.begin(), counts_wanted.end(),
                                 [&](const CountWanted& w) { return w.sku == wanted.sku; });
  if (!known) counts_wanted.push_back(wanted);
}

void StoreState::EndLossWhenPassed() {
  if (!state_lost || lost_until.ms == 0 || listed_through.ms == 0) return;
  if (std::max(listed_through, book_complete_through) >= lost_until) state_lost = false;
}

bool StoreState::has_early() const {
  return std::any_of(sources.begin(), sources.end(),
                     [](const SourceState& s) { return s.role == SourceRole::kEarly; });
}

bool StoreState::frozen() const {
  return list.held || std::any_of(sources.begin(), sources.end(), [](const SourceState& s) {
           const bool holds =
               s.role == SourceRole::kBook || (s.role == SourceRole::kEarly && s.required);
           return holds && s.frozen();
         });
}

size_t StoreState::bytes() const {
  size_t sum = sizeof(StoreState) + ring.bytes() + index.bytes() +
               sources.capacity() * sizeof(SourceState) + early.capacity() * sizeof(EarlyMovement) +
               nil_picks.capacity() * (sizeof(PositionId) + sizeof(int64_t) + 1) +
               count_holds.capacity() * (sizeof(PositionId) + sizeof(CountHold) + 1) +
               counts_wanted.capacity() * sizeof(CountWanted) +
               early_drops.capacity() * (sizeof(PositionId) + sizeof(EarlyDrop) + 1) +
               steady_holds.bytes() + reservations.bytes() + expected.bytes();
  for (const SourceState& source : sources) {
    sum += source.sequence.ranges().capacity() * sizeof(SequenceTracker::Range);
  }
  return sum;
}

}  // namespace shelf
