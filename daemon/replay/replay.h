// Two rule sets over the same recorded log, in one pass: both sides handle every record, in the
// order of the log and from the same state, and what they offer is compared as it changes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "replay/figures.h"
#include "replay/recording.h"
#include "replay/side.h"

namespace shelf {

struct ReplayPlan {
  std::string folder;
  RecordingInfo info;
  std::array<SideRules, kSides> rules;
  int64_t count_from_ms = 0;  // what was before is replayed, and not in the figures
  size_t differences_max = 100;
  // Told now and then: records read, and the log's time.
  std::function<void(int64_t records, int64_t time_ms)> progress = [](int64_t, int64_t) {};
  // Asked now and then; false: Cancelled.
  std::function<bool()> keep_on = [] { return true; };
};

// The same plan gives the same report, whatever the machine. Memory: two worlds, 16 bytes for each
// key, about 40 for each key that differs, and a day's orders. Errors are those of the files; a
// recording that was broken off is used as far as it goes, and the report says so.
absl::StatusOr<Report> Replay(ReplayPlan plan);

}  // namespace shelf
