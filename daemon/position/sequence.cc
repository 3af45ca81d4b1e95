#include "position/sequence.h"

#include <algorithm>
#include <utility>

namespace shelf {

SequenceTracker::Observation SequenceTracker::Observe(uint64_t epoch, uint64_t sequence) {
  if (epoch < epoch_) return {.outcome = Outcome::kOldEpoch};
  bool new_epoch = false;
  if (epoch > epoch_) {
    const bool joins_late = epoch_ == 0 && begins_where_heard_ && sequence > 1;
    new_epoch = epoch_ != 0 || joins_late;
    if (epoch_ != 0) ++epoch_ordinal_;
    epoch_ = epoch;
    low_ = joins_late ? sequence - 1 : 0;
    ranges_.clear();
  }
  Observation seen;
  if (sequence <= low_) {
    seen.outcome = Outcome::kDuplicate;
  } else if (sequence == low_ + 1) {
    ++low_;
    AbsorbRanges();
  } else {
    seen = ObserveAboveGap(sequence);
  }
  seen.new_epoch = new_epoch;
  return seen;
}

SequenceTracker::Observation SequenceTracker::ObserveAboveGap(uint64_t sequence) {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), sequence,
                                [](uint64_t s, const Range& r) { return s < r.first; });
  const bool has_before = after != ranges_.begin();
  auto before = has_before ? std::prev(after) : ranges_.end();
  if (has_before && sequence <= before->last) return {.outcome = Outcome::kDuplicate};

  const bool joins_before = has_before && before->last + 1 == sequence;
  const bool joins_after = after != ranges_.end() && sequence + 1 == after->first;
  if (joins_before && joins_after) {
    before->last = after->last;
    before->claim_ms = std::max(before->claim_ms, after->claim_ms);
    ranges_.erase(after);
  } else if (joins_before) {
    before->last = sequence;
  } else if (joins_after) {
    after->first = sequence;
  } else if (ranges_.size() == kRangesMax) {
    return {.outcome = Outcome::kTooManyGaps};
  } else {
    ranges_.insert(after, Range{.first = sequence, .last = sequence});
    return {.opened_gap = true};
  }
  return {};
}

void SequenceTracker::Claim(uint64_t sequence, EventTime claim) {
  if (sequence <= low_) {
    claim_ms_ = std::max(claim_ms_, claim.ms);
    return;
  }
  for (Range& range : ranges_) {
    if (sequence >= range.first && sequence <= range.last) {
      range.claim_ms = std::max(range.claim_ms, claim.ms);
    }
  }
}

void SequenceTracker::HealThrough(uint64_t sequence) {
  if (sequence <= low_) return;
  low_ = sequence;
  AbsorbRanges();
}

void SequenceTracker::AbsorbRanges() {
  while (!ranges_.empty() && ranges_.front().first <= low_ + 1) {
    low_ = std::max(low_, ranges_.front().last);
    claim_ms_ = std::max(claim_ms_, ranges_.front().claim_ms);
    ranges_.erase(ranges_.begin());
  }
}

void SequenceTracker::Restore(uint64_t epoch, uint8_t epoch_ordinal, uint64_t low, int64_t claim_ms,
                              std::vector<Range> ranges) {
  epoch_ = epoch;
  epoch_ordinal_ = epoch_ordinal;
  low_ = low;
  claim_ms_ = claim_ms;
  ranges_ = std::move(ranges);
}

}  // namespace shelf
