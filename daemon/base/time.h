// Two times that must never be mixed by accident. Both are Unix milliseconds, UTC.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace shelf {

// What a store's document claims: when something happened there, or through when a source is
// complete. Can be wrong, late or in the future.
struct EventTime {
  int64_t ms = 0;
  friend constexpr auto operator<=>(const EventTime&, const EventTime&) = default;
};

// The daemon's time as the log tells it: the time of the last Tick consumed from the partition.
struct PartitionTime {
  int64_t ms = 0;
  friend constexpr auto operator<=>(const PartitionTime&, const PartitionTime&) = default;
};

inline constexpr EventTime kBeforeAllTime{std::numeric_limits<int64_t>::min()};
// "By itself this never changes."
inline constexpr PartitionTime kNever{std::numeric_limits<int64_t>::max()};

// The one place where an event time is put on the partition's clock: to compare a claim with now.
constexpr PartitionTime AsPartitionTime(EventTime t) { return PartitionTime{t.ms}; }
constexpr EventTime AsEventTime(PartitionTime t) { return EventTime{t.ms}; }

}  // namespace shelf
