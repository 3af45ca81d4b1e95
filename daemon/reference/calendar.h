// Trading time: only the hours in which a store trades count. Lag, silence and readiness are
// measured in it, so that a closed night makes no store late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace shelf {

struct WeeklyHours {
  int32_t weekday = 1;        // ISO: 1 = Monday
  int32_t opens_minute = 0;   // after local midnight, 0 … 1439
  int32_t closes_minute = 0;  // > opens; above 1440 = after midnight, at most 2880
  friend bool operator==(const WeeklyHours&, const WeeklyHours&) = default;
};
struct SpecialDayHours {
  absl::CivilDay date;
  int32_t opens_minute = 0;
  int32_t closes_minute = 0;  // equal to opens = closed all day
  friend bool operator==(const SpecialDayHours&, const SpecialDayHours&) = default;
};

// A store's trading hours as a clock that only runs while the store trades. Without hours it is
// the wall clock. Daylight saving: local minutes are resolved by the zone, so a day of 23 or 25
// hours has the trading time that really passes; a minute that the clock skips is the instant of
// the change, and of one that comes twice opening takes the first and closing the second.
// Overlapping intervals count once. A special day replaces the weekly hours of that date (several
// entries of one date add up); what runs on from the night before stays. With special days only,
// the other days trade round the clock.
//
// A store with hours trades from 1970 until 2200, so that no absurd time makes this class grow.
// THREAD: const methods mutate a cache of resolved days: one owner.
class Calendar {
 public:
  Calendar() = default;  // round the clock
  // InvalidArgument with the reason: a weekday, minute or time zone that is none, or far more hours
  // than there are in a week. The zone may be empty only without hours and special days.
  static absl::StatusOr<Calendar> Create(const std::string& timezone,
                                         std::vector<WeeklyHours> hours,
                                         std::vector<SpecialDayHours> special_days);

  // Milliseconds of trading time between two instants (Unix ms); negative when to < from; at most
  // INT64_MAX either way. O(1) for a calendar without hours, O(log) within the days around the
  // latest questions; a span far from them costs microseconds for each of its weeks, once.
  int64_t TradingMs(int64_t from_ms, int64_t to_ms) const;

  // The earliest instant t >= from with TradingMs(from, t) >= trading_ms (>= 0).
  // INT64_MAX when the store never trades that long within ten years.
  int64_t After(int64_t from_ms, int64_t trading_ms) const;

  bool OpenAt(int64_t at_ms) const;
  // Names no hours at all: trades round the clock.
  bool always_open() const { return hours_.empty() && special_days_.empty(); }

  // Heap bytes held, cache included: bounded whatever was asked, with usual hours by 40 kB.
  size_t bytes() const;

  // Same zone, hours and special days; the caches do not matter.
  friend bool operator==(const Calendar& a, const Calendar& b) {
    return a.zone_ == b.zone_ && a.hours_ == b.hours_ && a.special_days_ == b.special_days_;
  }

 private:
  // Time is cut into spans of 64 days of UTC. A span's intervals can be worked out without any
  // other's, so few are kept; of all others just how long the store trades in them.
  struct Interval {
    int64_t from_ms, to_ms;  // [from, to), within the span
    int64_t before_ms;       // trading time of the span's earlier intervals
  };
  struct Span {
    int32_t number = -1;
    std::vector<Interval> open;  // ascending, apart

    int64_t total_ms() const;
    // Trading time from the span's start to `at_ms`.
    int64_t Before(int64_t at_ms) const;
    // The instant at which Before reaches `trading_ms`: above 0, at most total_ms().
    int64_t Reaching(int64_t trading_ms) const;
  };

  const Span& SpanOf(int32_t number) const;
  Span Resolve(int32_t number) const;
  int64_t SpanTotal(int32_t number) const;
  void AddDay(absl::CivilDay day, std::vector<Interval>& open) const;
  void AddHours(absl::CivilDay day, int32_t opens_minute, int32_t closes_minute,
                std::vector<Interval>& open) const;

  // Constant after construction.
  absl::TimeZone zone_;
  std::vector<WeeklyHours> hours_;
  std::vector<SpecialDayHours> special_days_;  // by date

  mutable std::vector<Span> spans_;      // newest question first
  mutable std::vector<int64_t> totals_;  // by span number, -1 = not known; empty until needed
};

}  // namespace shelf
