#include "sim/oracle_hours.h"

#include <algorithm>
#include <array>
#include <utility>

namespace shelf::sim::oracle {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kDayMs = 24 * 60 * kMinuteMs;

enum class Change { kNever, kEurope, kAmerica };

struct Zone {
  const char* name;
  int standard_minutes;  // east of Greenwich
  Change change;         // an hour more in summer
};

constexpr std::array<Zone, 7> kZones = {{{"UTC", 0, Change::kNever},
                                         {"Etc/UTC", 0, Change::kNever},
                                         {"Asia/Tokyo", 540, Change::kNever},
                                         {"Asia/Kolkata", 330, Change::kNever},
                                         {"Europe/Berlin", 60, Change::kEurope},
                                         {"Europe/London", 0, Change::kEurope},
                                         {"America/New_York", -300, Change::kAmerica}}};

const Zone& ZoneNamed(const std::string& name) {
  const auto found = std::find_if(kZones.begin(), kZones.end(),
                                  [&](const Zone& zone) { return zone.name == name; });
  return found == kZones.end() ? kZones.front() : *found;
}

bool IsLeap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysOf(int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<size_t>(month - 1)] + (month == 2 && IsLeap(year) ? 1 : 0);
}

// Years from 1970 on.
int64_t DayNumber(int64_t year, int month, int day) {
  int64_t days = (year - 1970) * 365;
  for (int64_t y = 1972; y < year; y += 4) days += IsLeap(y) ? 1 : 0;
  for (int m = 1; m < month; ++m) days += DaysOf(year, m);
  return days + day - 1;
}

int64_t YearOf(int64_t day) {
  int64_t year = 1970 + day / 366;
  while (DayNumber(year + 1, 1, 1) <= day) ++year;
  return year;
}

// 1970-01-01 was a Thursday.
int IsoWeekday(int64_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7) + 1; }

int64_t SundayFrom(int64_t day) { return day + (7 - IsoWeekday(day)) % 7; }

struct Summer {
  int64_t from_ms = 0, to_ms = 0;
};

// Europe changes at 01:00 UTC on the last Sundays of March and October; New York at 02:00 of its
// own clock on the second Sunday of March and the first of November.
Summer SummerOf(const Zone& zone, int64_t year) {
  switch (zone.change) {
    case Change::kNever:
      return {};
    case Change::kEurope:
      return {SundayFrom(DayNumber(year, 3, 25)) * kDayMs + 60 * kMinuteMs,
              SundayFrom(DayNumber(year, 10, 25)) * kDayMs + 60 * kMinuteMs};
    case Change::kAmerica:
      return {SundayFrom(DayNumber(year, 3, 8)) * kDayMs + (120 + 300) * kMinuteMs,
              SundayFrom(DayNumber(year, 11, 1)) * kDayMs + (120 + 240) * kMinuteMs};
  }
  return {};
}

// The instants at which the zone's clocks show a local minute: one; none, where they skip it; or
// two.
std::vector<int64_t> Instants(const Zone& zone, const Summer& summer, int64_t local_ms) {
  std::vector<int64_t> instants;
  const int64_t in_winter_ms = local_ms - zone.standard_minutes * kMinuteMs;
  const int64_t in_summer_ms = in_winter_ms - 60 * kMinuteMs;
  const auto is_summer = [&](int64_t at_ms) {
    return at_ms >= summer.from_ms && at_ms < summer.to_ms;
  };
  if (is_summer(in_summer_ms)) instants.push_back(in_summer_ms);
  if (!is_summer(in_winter_ms)) instants.push_back(in_winter_ms);
  return instants;
}

// What the clock skips is the instant of the change. Of a minute that comes twice a store opens at
// the first and closes at the second.
int64_t Resolve(const Zone& zone, int64_t day, int minute, bool opens) {
  const int64_t local_ms = day * kDayMs + minute * kMinuteMs;
  const Summer summer = SummerOf(zone, YearOf(std::max<int64_t>(0, local_ms / kDayMs)));
  const std::vector<int64_t> instants = Instants(zone, summer, local_ms);
  if (instants.empty()) return summer.from_ms;
  return opens ? instants.front() : instants.back();
}

}  // namespace

bool IsKnownZone(const std::string& zone) {
  return std::any_of(kZones.begin(), kZones.end(),
                     [&](const Zone& known) { return known.name == zone; });
}

std::vector<std::string> KnownZones() {
  std::vector<std::string> names;
  for (const Zone& zone : kZones) names.emplace_back(zone.name);
  return names;
}

bool ReadDay(std::string_view text, int64_t& day) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&text](size_t from, size_t count) {
    int value = 0;
    for (const char c : text.substr(from, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day_of_month = number(8, 2);
  if (year < 1970 || month < 1 || month > 12) return false;
  if (day_of_month < 1 || day_of_month > DaysOf(year, month)) return false;
  day = DayNumber(year, month, day_of_month);
  return true;
}

int64_t TradingTime::Between(int64_t from_ms, int64_t to_ms) const {
  if (to_ms <= from_ms) return 0;
  if (week_.always_open()) return to_ms - from_ms;
  int64_t sum_ms = 0;
  const std::vector<Stretch>& open = OpenFrom(from_ms / kDayMs - 3, to_ms / kDayMs + 2);
  auto at = std::lower_bound(open.begin(), open.end(), from_ms,
                             [](const Stretch& stretch, int64_t ms) { return stretch.to_ms < ms; });
  for (; at != open.end() && at->from_ms < to_ms; ++at) {
    sum_ms += std::max<int64_t>(0, std::min(at->to_ms, to_ms) - std::max(at->from_ms, from_ms));
  }
  return sum_ms;
}

void TradingTime::AddDay(int64_t day, std::vector<Stretch>& open) const {
  const Zone& zone = ZoneNamed(week_.zone);
  const auto add = [&](const Hours& hours) {
    if (hours.opens_minute == hours.closes_minute) return;
    open.push_back({Resolve(zone, day, hours.opens_minute, /*opens=*/true),
                    Resolve(zone, day, hours.closes_minute, /*opens=*/false)});
  };
  const auto special = week_.days.find(day);
  if (special != week_.days.end()) {
    for (const Hours& hours : special->second) add(hours);
  } else if (week_.weekly.empty()) {
    add({.opens_minute = 0, .closes_minute = 24 * 60});
  } else if (const auto usual = week_.weekly.find(IsoWeekday(day)); usual != week_.weekly.end()) {
    for (const Hours& hours : usual->second) add(hours);
  }
}

const std::vector<TradingTime::Stretch>& TradingTime::OpenFrom(int64_t first_day,
                                                               int64_t last_day) const {
  first_day = std::max<int64_t>(0, first_day);
  if (first_day >= open_first_ && last_day <= open_last_) return open_;
  open_first_ = first_day;
  open_last_ = last_day + 30;
  std::vector<Stretch> found;
  for (int64_t day = open_first_; day <= open_last_; ++day) AddDay(day, found);
  std::sort(found.begin(), found.end(),
            [](const Stretch& a, const Stretch& b) { return a.from_ms < b.from_ms; });
  open_.clear();
  for (const Stretch& stretch : found) {
    if (!open_.empty() && stretch.from_ms <= open_.back().to_ms) {
      open_.back().to_ms = std::max(open_.back().to_ms, stretch.to_ms);
    } else {
      open_.push_back(stretch);
    }
  }
  return open_;
}

}  // namespace shelf::sim::oracle
