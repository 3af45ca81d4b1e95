// The funnel: for each channel, from what is free on the shelves through what every stage withholds
// to what may be sold, summed over all positions.
//
// Each position is decided again as it stands, by the evaluator that decides in earnest, and
// nothing is changed. A scan goes in slices between the worker's turns, so it is no picture of one
// instant: a position is seen as it is when its slice runs. It covers the positions that are there
// at its first slice; those that come later are not in it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "app/queries.h"
#include "loop/worker.h"

namespace shelf {

// Exact whatever the quantities, so that base - withheld = sellable holds of every sum.
using MilliSum = absl::int128;

struct StageSum {
  MilliSum withheld_milli = 0;
  uint64_t positions = 0;  // something was taken off
  uint64_t emptied = 0;    // and nothing left
};

// One channel over the positions seen so far.
struct ChannelSum {
  ChannelId channel;
  std::string name;
  uint64_t positions = 0;
  uint64_t with_base = 0;  // the base is above 0
  // Every position is in one of these four.
  uint64_t in_stock = 0, limited = 0, out_of_stock = 0, ineligible = 0;
  std::map<Ineligible, uint64_t> reasons;  // of `ineligible`
  uint64_t never_published = 0;
  // What was decided last is not what would be decided now. Between two turns there is none.
  uint64_t undecided = 0;
  MilliSum base_milli = 0, sellable_milli = 0;
  std::array<StageSum, kStages> stages;

  // `last`: what the key was told last.
  void Add(const Decision& decision, int64_t step_milli, const Slot& last);
};

// THREAD: the worker's; or nobody's while no slice is posted.
class FunnelScan {
 public:
  // The positions that are there now, of all channels or (`channel` not empty) of one. NotFound: no
  // such channel. Unavailable: the log is not caught up, so nothing is decided yet.
  static absl::StatusOr<FunnelScan> Begin(Worker& worker, std::string_view channel);

  // Looks at the next positions, at most so many.
  void Take(Worker& worker, uint32_t positions_max);
  bool done() const { return next_ == end_; }
  uint32_t seen() const { return next_; }
  const std::vector<ChannelSum>& channels() const { return channels_; }

 private:
  uint32_t next_ = 0, end_ = 0;
  std::vector<ChannelSum> channels_;
};

// {"time_ms": {"from", "to"}, "positions", "channels": [{"channel", "keys": {…}, "ineligible":
// {reason: n}, "never_published", "undecided", "with_base", "base_milli", "stages": [{"stage",
// "withheld_milli", "positions", "emptied"}, … all in order], "sellable_milli"}]}. A sum that no
// int64 holds is null.
Json FunnelJson(const FunnelScan& scan, int64_t from_ms, int64_t to_ms);

// Runs `slice` on the worker's thread and waits for it; an error ends the count.
using RunSlice = std::function<absl::Status(std::function<absl::Status(Worker&)> slice)>;

// The whole of it, as the admin port answers. A slice takes about `slice_us_max` of a turn.
// THREAD: any that may wait; the caller sees to it that one is counted at a time.
absl::StatusOr<Json> CountFunnel(const std::string& channel, int64_t slice_us_max,
                                 const RunSlice& run);

}  // namespace shelf
