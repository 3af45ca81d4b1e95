#include "reference/calendar.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "reference/time_zone.h"

namespace shelf {
namespace {

constexpr int64_t kDayMs = 24 * 60 * 60 * 1000;
constexpr int64_t kSpanMs = 64 * kDayMs;
// 1969-12-30: a day of 1970 has begun somewhere.
constexpr int64_t kOriginMs = -2 * kDayMs;
constexpr int32_t kSpans = 1314;  // to the year 2200
constexpr int64_t kEndMs = kOriginMs + kSpans * kSpanMs;
// Enough for a lag of months beside what is due in weeks.
constexpr size_t kSpansKept = 8;
constexpr int64_t kTenYearsMs = 3653 * kDayMs;
constexpr int64_t kNeverMs = std::numeric_limits<int64_t>::max();
constexpr int32_t kDayMinutes = 24 * 60;
// One for each hour of the week, and ten years of days: more is a mistake that would cost time in
// each span.
constexpr size_t kWeeklyHoursMax = 7 * 24;
constexpr size_t kSpecialDaysMax = 3660;

int32_t SpanNumber(int64_t at_ms) { return static_cast<int32_t>((at_ms - kOriginMs) / kSpanMs); }

int64_t ClampToSpans(int64_t at_ms) { return std::clamp(at_ms, kOriginMs, kEndMs - 1); }

// a - b without overflow.
int64_t Difference(int64_t a, int64_t b) {
  int64_t difference;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a > b ? kNeverMs : -kNeverMs;
}

int64_t Sum(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? kNeverMs : sum;
}

absl::Status CheckMinutes(int32_t opens_minute, int32_t closes_minute) {
  if (opens_minute < 0 || opens_minute >= kDayMinutes) {
    return absl::InvalidArgumentError(
        absl::StrCat("opens_minute ", opens_minute, " is not in 0 … 1439"));
  }
  if (closes_minute < opens_minute || closes_minute > 2 * kDayMinutes) {
    return absl::InvalidArgumentError(
        absl::StrCat("closes_minute ", closes_minute, " is not between opens_minute and 2880"));
  }
  return absl::OkStatus();
}

absl::Status CheckWeekly(const WeeklyHours& hours) {
  if (hours.weekday < 1 || hours.weekday > 7) {
    return absl::InvalidArgumentError(absl::StrCat("weekday ", hours.weekday, " is not in 1 … 7"));
  }
  if (hours.closes_minute == hours.opens_minute) {
    return absl::InvalidArgumentError("opens_minute and closes_minute are equal");
  }
  return CheckMinutes(hours.opens_minute, hours.closes_minute);
}

int32_t IsoWeekday(absl::CivilDay day) {
  return static_cast<int32_t>(absl::GetWeekday(day)) + 1;  // absl counts from Monday = 0
}

enum class Edge { kOpening, kClosing };

// The instant of a local minute. What the clock skips is the change itself.
int64_t InstantMs(const absl::TimeZone& zone, absl::CivilDay day, int32_t minute, Edge edge) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilMinute(day) + minute);
  switch (info.kind) {
    case absl::TimeZone::TimeInfo::UNIQUE:
      return absl::ToUnixMillis(info.pre);
    case absl::TimeZone::TimeInfo::SKIPPED:
      return absl::ToUnixMillis(info.trans);
    case absl::TimeZone::TimeInfo::REPEATED:
      return absl::ToUnixMillis(edge == Edge::kOpening ? info.pre : info.post);
  }
  SHELF_CHECK(false, "a kind of local time outside its enum");
}

absl::Status InField(absl::string_view field, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", status.message()));
}

bool ByDate(const SpecialDayHours& a, const SpecialDayHours& b) { return a.date < b.date; }

}  // namespace

absl::StatusOr<Calendar> Calendar::Create(const std::string& timezone,
                                          std::vector<WeeklyHours> hours,
                                          std::vector<SpecialDayHours> special_days) {
  if (hours.size() > kWeeklyHoursMax || special_days.size() > kSpecialDaysMax) {
    return absl::InvalidArgumentError(absl::StrCat(hours.size(), " weekly hours and ",
                                                   special_days.size(), " special days, at most ",
                                                   kWeeklyHoursMax, " and ", kSpecialDaysMax));
  }
  for (const WeeklyHours& weekly : hours) {
    absl::Status status = CheckWeekly(weekly);
    if (!status.ok()) return InField("opening_hours", status);
  }
  for (const SpecialDayHours& special : special_days) {
    absl::Status status = CheckMinutes(special.opens_minute, special.closes_minute);
    if (!status.ok()) return InField("special_days", status);
  }
  Calendar calendar;
  if (!timezone.empty() || !hours.empty() || !special_days.empty()) {
    absl::StatusOr<absl::TimeZone> zone = LoadIanaZone(timezone);
    if (!zone.ok()) return zone.status();
    calendar.zone_ = *zone;
  }
  std::stable_sort(special_days.begin(), special_days.end(), ByDate);
  calendar.hours_ = std::move(hours);
  calendar.special_days_ = std::move(special_days);
  return calendar;
}

int64_t Calendar::TradingMs(int64_t from_ms, int64_t to_ms) const {
  if (always_open()) return Difference(to_ms, from_ms);
  if (to_ms < from_ms) return -TradingMs(to_ms, from_ms);
  from_ms = ClampToSpans(from_ms);
  to_ms = ClampToSpans(to_ms);
  const int32_t first = SpanNumber(from_ms);
  const int32_t last = SpanNumber(to_ms);
  int64_t trading_ms = -SpanOf(first).Before(from_ms);
  for (int32_t number = first; number < last; ++number) trading_ms += SpanTotal(number);
  return trading_ms + SpanOf(last).Before(to_ms);
}

int64_t Calendar::After(int64_t from_ms, int64_t trading_ms) const {
  if (trading_ms <= 0) return from_ms;
  const int64_t until_ms = Sum(from_ms, kTenYearsMs);
  if (always_open()) return trading_ms > kTenYearsMs ? kNeverMs : Sum(from_ms, trading_ms);
  if (from_ms >= kEndMs) return kNeverMs;
  const int32_t first = SpanNumber(ClampToSpans(from_ms));
  int64_t missing_ms = Sum(trading_ms, SpanOf(first).Before(ClampToSpans(from_ms)));
  for (int32_t number = first; number < kSpans; ++number) {
    if (kOriginMs + number * kSpanMs > until_ms) return kNeverMs;
    const int64_t total_ms = SpanTotal(number);
    if (missing_ms <= total_ms) {
      const int64_t reached_ms = SpanOf(number).Reaching(missing_ms);
      return reached_ms <= until_ms ? reached_ms : kNeverMs;
    }
    missing_ms -= total_ms;
  }
  return kNeverMs;
}

bool Calendar::OpenAt(int64_t at_ms) const {
  if (always_open()) return true;
  if (at_ms < kOriginMs || at_ms >= kEndMs) return false;
  const Span& span = SpanOf(SpanNumber(at_ms));
  return std::any_of(span.open.begin(), span.open.end(), [at_ms](const Interval& open) {
    return open.from_ms <= at_ms && at_ms < open.to_ms;
  });
}

size_t Calendar::bytes() const {
  size_t bytes = hours_.capacity() * sizeof(WeeklyHours) +
                 special_days_.capacity() * sizeof(SpecialDayHours) +
                 spans_.capacity() * sizeof(Span) + totals_.capacity() * sizeof(int64_t);
  for (const Span& span : spans_) bytes += span.open.capacity() * sizeof(Interval);
  return bytes;
}

int64_t Calendar::Span::total_ms() const {
  if (open.empty()) return 0;
  return open.back().before_ms + open.back().to_ms - open.back().from_ms;
}

int64_t Calendar::Span::Before(int64_t at_ms) const {
  const auto after =
      std::upper_bound(open.begin(), open.end(), at_ms,
                       [](int64_t ms, const Interval& interval) { return ms < interval.from_ms; });
  if (after == open.begin()) return 0;
  const Interval& interval = *std::prev(after);
  return interval.before_ms + std::min(at_ms, interval.to_ms) - interval.from_ms;
}

int64_t Calendar::Span::Reaching(int64_t trading_ms) const {
  const auto after = std::lower_bound(
      open.begin(), open.end(), trading_ms,
      [](const Interval& interval, int64_t ms) { return interval.before_ms < ms; });
  SHELF_CHECK(after != open.begin(), "trading time within the span");
  const Interval& interval = *std::prev(after);
  return interval.from_ms + trading_ms - interval.before_ms;
}

const Calendar::Span& Calendar::SpanOf(int32_t number) const {
  const auto found = std::find_if(spans_.begin(), spans_.end(),
                                  [number](const Span& span) { return span.number == number; });
  if (found == spans_.end()) {
    if (spans_.size() == kSpansKept) spans_.pop_back();
    spans_.insert(spans_.begin(), Resolve(number));
  } else {
    std::rotate(spans_.begin(), found, std::next(found));
  }
  return spans_.front();
}

int64_t Calendar::SpanTotal(int32_t number) const {
  for (const Span& span : spans_) {
    if (span.number == number) return span.total_ms();
  }
  if (totals_.empty()) totals_.assign(kSpans, -1);
  if (totals_[number] < 0) totals_[number] = Resolve(number).total_ms();
  return totals_[number];
}

Calendar::Span Calendar::Resolve(int32_t number) const {
  Span span;
  span.number = number;
  const int64_t start_ms = kOriginMs + number * kSpanMs;
  const int64_t end_ms = start_ms + kSpanMs;
  const absl::CivilDay last = absl::ToCivilDay(absl::FromUnixMillis(end_ms), zone_);
  // A day's hours end within the next day, and a change of zone may drop a day.
  absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMillis(start_ms), zone_) - 2;
  std::vector<Interval> open;
  for (; day <= last; ++day) AddDay(day, open);

  std::sort(open.begin(), open.end(),
            [](const Interval& a, const Interval& b) { return a.from_ms < b.from_ms; });
  for (Interval interval : open) {
    interval.from_ms = std::max(interval.from_ms, start_ms);
    interval.to_ms = std::min(interval.to_ms, end_ms);
    if (interval.from_ms >= interval.to_ms) continue;
    if (!span.open.empty() && interval.from_ms <= span.open.back().to_ms) {
      span.open.back().to_ms = std::max(span.open.back().to_ms, interval.to_ms);
      continue;
    }
    interval.before_ms = span.total_ms();
    span.open.push_back(interval);
  }
  return span;
}

void Calendar::AddDay(absl::CivilDay day, std::vector<Interval>& open) const {
  const auto [first, last] = std::equal_range(special_days_.begin(), special_days_.end(),
                                              SpecialDayHours{day, 0, 0}, ByDate);
  if (first != last) {
    for (auto special = first; special != last; ++special) {
      AddHours(day, special->opens_minute, special->closes_minute, open);
    }
    return;
  }
  if (hours_.empty()) return AddHours(day, 0, kDayMinutes, open);
  for (const WeeklyHours& weekly : hours_) {
    if (weekly.weekday != IsoWeekday(day)) continue;
    AddHours(day, weekly.opens_minute, weekly.closes_minute, open);
  }
}

void Calendar::AddHours(absl::CivilDay day, int32_t opens_minute, int32_t closes_minute,
                        std::vector<Interval>& open) const {
  if (opens_minute == closes_minute) return;
  open.push_back({InstantMs(zone_, day, opens_minute, Edge::kOpening),
                  InstantMs(zone_, day, closes_minute, Edge::kClosing), 0});
}

}  // namespace shelf
