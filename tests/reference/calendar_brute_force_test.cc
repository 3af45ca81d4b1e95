// The calendar against a count of single minutes, around changes of the clock.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "reference/calendar.h"
#include "support/catch.h"

namespace shelf {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int kDayMinutes = 24 * 60;
constexpr int kDays = 14;       // that are asked about
constexpr int kMarginDays = 4;  // whose hours may reach into those

// Minutes one by one from a start: what the wall clock shows in each, and whether the store trades.
class MinuteByMinute {
 public:
  MinuteByMinute(absl::TimeZone zone, int64_t start_ms) : start_ms_(start_ms) {
    const int count = (kDays + 2 * kMarginDays) * kDayMinutes;
    for (int i = 0; i < count; ++i) {
      wall_.push_back(absl::ToCivilMinute(absl::FromUnixMillis(start_ms + i * kMinuteMs), zone));
    }
    open_.assign(wall_.size(), false);
  }

  absl::CivilDay first_day() const { return absl::CivilDay(wall_.front()); }

  // From the first minute in which the wall shows `opens` or later, to the last in which it shows
  // less than `closes`.
  void Open(absl::CivilMinute opens, absl::CivilMinute closes) {
    const auto first = std::find_if(wall_.begin(), wall_.end(),
                                    [opens](absl::CivilMinute wall) { return wall >= opens; });
    const auto last = std::find_if(wall_.rbegin(), wall_.rend(),
                                   [closes](absl::CivilMinute wall) { return wall < closes; });
    for (auto i = first - wall_.begin(); i < last.base() - wall_.begin(); ++i) open_[i] = true;
  }

  void Finish() {
    before_.assign(1, 0);
    for (const bool open : open_) before_.push_back(before_.back() + (open ? kMinuteMs : 0));
  }

  bool OpenAt(int64_t at_ms) const { return open_[(at_ms - start_ms_) / kMinuteMs]; }
  int64_t TradingMs(int64_t from_ms, int64_t to_ms) const {
    return Before(to_ms) - Before(from_ms);
  }

 private:
  int64_t Before(int64_t at_ms) const {
    const int64_t in_minute_ms = (at_ms - start_ms_) % kMinuteMs;
    return before_[(at_ms - start_ms_) / kMinuteMs] + (OpenAt(at_ms) ? in_minute_ms : 0);
  }

  int64_t start_ms_;
  std::vector<absl::CivilMinute> wall_;
  std::vector<bool> open_;
  std::vector<int64_t> before_;
};

int32_t Below(int32_t limit, std::mt19937_64& random) {
  return static_cast<int32_t>(random() % static_cast<uint64_t>(limit));
}

// Half of them in the night's hours in which clocks are changed, of the day itself or the next.
int32_t RandomOpening(std::mt19937_64& random) {
  return Below(2, random) == 0 ? Below(240, random) : Below(kDayMinutes, random);
}

int32_t RandomClosing(int32_t opens_minute, std::mt19937_64& random) {
  const int32_t at_night = Below(240, random);
  if (Below(2, random) == 0) {
    return opens_minute < at_night ? at_night : kDayMinutes + at_night;
  }
  return opens_minute + 1 + Below(2 * kDayMinutes - opens_minute, random);
}

std::vector<WeeklyHours> RandomHours(std::mt19937_64& random) {
  std::vector<WeeklyHours> hours;
  for (int32_t weekday = 1; weekday <= 7; ++weekday) {
    for (int32_t i = Below(3, random); i > 0; --i) {
      const int32_t opens_minute = RandomOpening(random);
      hours.push_back({weekday, opens_minute, RandomClosing(opens_minute, random)});
    }
  }
  return hours;
}

std::vector<SpecialDayHours> RandomSpecialDays(absl::CivilDay first, std::mt19937_64& random) {
  std::vector<SpecialDayHours> special_days;
  for (int32_t i = Below(4, random); i > 0; --i) {
    const absl::CivilDay day = first + kMarginDays + Below(kDays, random);
    const int32_t opens_minute = RandomOpening(random);
    const bool closed = Below(2, random) == 0;
    special_days.push_back(
        {day, opens_minute, closed ? opens_minute : RandomClosing(opens_minute, random)});
  }
  return special_days;
}

void OpenDay(absl::CivilDay day, const std::vector<WeeklyHours>& hours,
             const std::vector<SpecialDayHours>& special_days, MinuteByMinute& minutes) {
  const absl::CivilMinute midnight(day);
  bool is_special = false;
  for (const SpecialDayHours& special : special_days) {
    if (special.date != day) continue;
    is_special = true;
    if (special.opens_minute == special.closes_minute) continue;
    minutes.Open(midnight + special.opens_minute, midnight + special.closes_minute);
  }
  if (is_special) return;
  if (hours.empty()) minutes.Open(midnight, midnight + kDayMinutes);
  const int32_t weekday = static_cast<int32_t>(absl::GetWeekday(day)) + 1;
  for (const WeeklyHours& weekly : hours) {
    if (weekly.weekday != weekday) continue;
    minutes.Open(midnight + weekly.opens_minute, midnight + weekly.closes_minute);
  }
}

void CheckPair(const Calendar& calendar, const MinuteByMinute& minutes, int64_t from_ms,
               int64_t to_ms) {
  const int64_t trading_ms = minutes.TradingMs(from_ms, to_ms);
  INFO("from " << from_ms << " to " << to_ms);
  REQUIRE(calendar.OpenAt(from_ms) == minutes.OpenAt(from_ms));
  REQUIRE(calendar.TradingMs(from_ms, to_ms) == trading_ms);
  if (trading_ms <= 0) return;
  const int64_t after_ms = calendar.After(from_ms, trading_ms);
  REQUIRE(after_ms <= to_ms);
  REQUIRE(calendar.TradingMs(from_ms, after_ms) == trading_ms);
  REQUIRE(calendar.TradingMs(from_ms, after_ms - 1) == trading_ms - 1);
}

void CheckAround(const std::string& zone_name, absl::CivilDay change, uint64_t seed) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(zone_name, &zone));
  std::mt19937_64 random(seed);
  const absl::CivilDay first = change - kDays / 2 - kMarginDays;
  const int64_t start_ms = absl::ToUnixMillis(absl::FromCivil(first, zone));
  const std::vector<WeeklyHours> hours = RandomHours(random);
  const std::vector<SpecialDayHours> special_days = RandomSpecialDays(first, random);
  MinuteByMinute minutes(zone, start_ms);
  for (int i = 0; i < kDays + 2 * kMarginDays; ++i) {
    OpenDay(first + i, hours, special_days, minutes);
  }
  minutes.Finish();
  const absl::StatusOr<Calendar> calendar = Calendar::Create(zone_name, hours, special_days);
  REQUIRE(calendar.ok());
  if (calendar->always_open()) return;
  INFO(zone_name << ", seed " << seed);
  const int64_t asked_ms = start_ms + kMarginDays * kDayMinutes * kMinuteMs;
  const auto random_ms = [&] {
    const int64_t minute = Below(kDays * kDayMinutes, random);
    return asked_ms + minute * kMinuteMs + (Below(2, random) == 0 ? 0 : Below(60'000, random));
  };
  for (int i = 0; i < 300; ++i) CheckPair(*calendar, minutes, random_ms(), random_ms());
}

TEST_CASE("trading time is what a count of minutes gives, whatever the clock does", "[reference]") {
  struct Change {
    const char* zone;
    absl::CivilDay day;
  };
  const Change changes[] = {
      {"Europe/Berlin", absl::CivilDay(2024, 3, 31)},
      {"Europe/Berlin", absl::CivilDay(2024, 10, 27)},
      {"America/New_York", absl::CivilDay(2024, 3, 10)},
      {"America/New_York", absl::CivilDay(2024, 11, 3)},
      {"Asia/Tashkent", absl::CivilDay(2024, 3, 31)},
      {"Australia/Lord_Howe", absl::CivilDay(2024, 4, 7)},  // by half an hour
      {"Pacific/Apia", absl::CivilDay(2011, 12, 30)},       // a date that was left out
      {"America/Sao_Paulo", absl::CivilDay(2018, 11, 4)},   // a day without midnight
  };
  for (const Change& change : changes) {
    for (uint64_t seed = 1; seed <= 20; ++seed) CheckAround(change.zone, change.day, seed);
  }
}

TEST_CASE("trading time adds up over any span", "[reference]") {
  std::mt19937_64 random(5);
  const absl::StatusOr<Calendar> calendar =
      Calendar::Create("America/New_York", RandomHours(random), {});
  REQUIRE(calendar.ok());
  const auto random_ms = [&random] {
    return static_cast<int64_t>(random() % 8'000'000'000'000) - 400'000'000'000;
  };
  for (int i = 0; i < 2000; ++i) {
    const int64_t a = random_ms(), b = random_ms(), c = random_ms();
    REQUIRE(calendar->TradingMs(a, b) + calendar->TradingMs(b, c) == calendar->TradingMs(a, c));
  }
}

}  // namespace
}  // namespace shelf
