// Trading time: only the hours in which a store trades count. Lag, silence and readiness are
// measured in it, so that a closed night makes no store late.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace shelf {

struct WeeklyHours {
  int32_t weekday = 1;        // ISO: 1 = Monday
  int32_t opens_minute = 0;   // after local midnight, 0 … 1439
  int32_t closes_minute = 0;  // > opens; above 1440 = after midnight, at most 2880
};
struct SpecialDayHours {
  absl::CivilDay date;
  int32_t opens_minute = 0;
  int32_t closes_minute = 0;  // equal to opens = closed all day
};

// A store's trading hours as a clock that only runs while the store trades. Without hours it is
// the wall clock. Daylight saving: local minutes are resolved by the zone, so a day of 23 or 25
// hours has the trading time that really passes. Overlapping intervals count once. A special day
// replaces that date's weekly hours.
// THREAD: const methods mutate a cache of resolved days: one owner.
class Calendar {
 public:
  Calendar() = default;  // round the clock
  static absl::StatusOr<Calendar> Create(const std::string& timezone,
                                         std::vector<WeeklyHours> hours,
                                         std::vector<SpecialDayHours> special_days);

  // Milliseconds of trading time between two instants (Unix ms); negative when to < from.
  // O(1) for a calendar without hours; otherwise cached per day, any span.
  int64_t TradingMs(int64_t from_ms, int64_t to_ms) const;

  // The earliest instant t >= from with TradingMs(from, t) >= trading_ms (>= 0).
  // INT64_MAX when the store never trades that long within ten years.
  int64_t After(int64_t from_ms, int64_t trading_ms) const;

  bool OpenAt(int64_t at_ms) const;
  // Names no hours at all: trades round the clock.
  bool always_open() const { return hours_.empty() && special_days_.empty(); }

 private:
  struct Interval {
    int64_t from_ms, to_ms;  // [from, to)
  };
  // trading time before the day's start, counted from an origin, and the day's intervals
  struct Day {
    int64_t number = 0;
    int64_t start_ms = 0, end_ms = 0;
    int64_t before_ms = 0;
    std::vector<Interval> open;
  };
  absl::TimeZone zone_;
  std::vector<WeeklyHours> hours_;
  std::vector<SpecialDayHours> special_days_;
  mutable std::vector<Day> days_;  // contiguous, resolved so far
};

}  // namespace shelf
