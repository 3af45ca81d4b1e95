// What has been received of one source: duplicates, gaps and promises, by (epoch, sequence).
// THREAD: one owner; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace shelf {

class SequenceTracker {
 public:
  // A run of received sequences above a gap.
  struct Range {
    uint64_t first = 0;
    uint64_t last = 0;
    int64_t claim_ms = 0;  // the largest promise of an event in it; 0 = none
  };
  static constexpr size_t kRangesMax = 64;

  enum class Outcome : uint8_t {
    kNew,
    kDuplicate,
    kOldEpoch,     // below the epoch in force: refused
    kTooManyGaps,  // would need more than kRangesMax ranges: not consumed
  };

  struct Observation {
    Outcome outcome = Outcome::kNew;
    bool opened_gap = false;  // something between the low mark and this is missing now
    bool new_epoch = false;   // the source started over; the first epoch ever seen is none
  };

  // What came before the first event that is seen is lost and not to be asked for: that event
  // begins the order, as one of a new epoch does. Only before anything was seen.
  void BeginWhereHeard() { begins_where_heard_ = true; }

  // Takes note of one event, both >= 1.
  Observation Observe(uint64_t epoch, uint64_t sequence);

  // The event `sequence` of the current epoch promised completeness through `claim`. It counts when
  // everything up to it has been received.
  void Claim(uint64_t sequence, EventTime claim);

  // A complete list began at `sequence`: what is missing before it no longer matters.
  void HealThrough(uint64_t sequence);

  // The largest promise that counts; 0 = none.
  EventTime complete_through() const { return EventTime{claim_ms_}; }

  bool has_gap() const { return !ranges_.empty(); }
  // The first missing run, when has_gap().
  uint64_t gap_first() const { return low_ + 1; }
  uint64_t gap_last() const { return ranges_.front().first - 1; }

  uint64_t epoch() const { return epoch_; }
  // Counts epoch changes, so that movements of different epochs can be told apart in 8 bits.
  uint8_t epoch_ordinal() const { return epoch_ordinal_; }
  // Everything through here has been received.
  uint64_t low() const { return low_; }
  const std::vector<Range>& ranges() const { return ranges_; }

  void Restore(uint64_t epoch, uint8_t epoch_ordinal, uint64_t low, int64_t claim_ms,
               std::vector<Range> ranges);

 private:
  Observation ObserveAboveGap(uint64_t sequence);
  void AbsorbRanges();

  uint64_t epoch_ = 0;  // 0 = nothing seen yet
  uint64_t low_ = 0;
  int64_t claim_ms_ = 0;
  uint8_t epoch_ordinal_ = 0;
  bool begins_where_heard_ = false;
  std::vector<Range> ranges_;  // ascending, disjoint, not adjacent, all above low_ + 1
};

}  // namespace shelf
