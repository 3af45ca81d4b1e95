#include "reference/calendar.h"

#include <limits>
#include <string>
#include <vector>

#include "support/catch.h"

namespace shelf {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

int64_t Ms(const std::string& zone_name, absl::CivilMinute local) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(zone_name, &zone));
  return absl::ToUnixMillis(absl::FromCivil(local, zone));
}

Calendar Make(const std::string& zone, std::vector<WeeklyHours> hours,
              std::vector<SpecialDayHours> special_days = {}) {
  absl::StatusOr<Calendar> calendar =
      Calendar::Create(zone, std::move(hours), std::move(special_days));
  INFO(calendar.status().ToString());
  REQUIRE(calendar.ok());
  return *std::move(calendar);
}

std::vector<WeeklyHours> Daily(int32_t opens_minute, int32_t closes_minute) {
  std::vector<WeeklyHours> hours;
  for (int32_t weekday = 1; weekday <= 7; ++weekday) {
    hours.push_back({weekday, opens_minute, closes_minute});
  }
  return hours;
}

const char kBerlin[] = "Europe/Berlin";
int64_t Berlin(absl::CivilMinute local) { return Ms(kBerlin, local); }
int64_t Berlin(int year, int month, int day, int hour, int minute) {
  return Berlin(absl::CivilMinute(year, month, day, hour, minute));
}

TEST_CASE("without hours trading time is time", "[reference]") {
  const Calendar calendar;
  CHECK(calendar.always_open());
  CHECK(calendar.OpenAt(0));
  CHECK(calendar.TradingMs(5, 12) == 7);
  CHECK(calendar.TradingMs(12, 5) == -7);
  CHECK(calendar.After(5, 7) == 12);
  CHECK(calendar.After(5, 0) == 5);
}

TEST_CASE("the ends of time do not overflow", "[reference]") {
  const int64_t first = std::numeric_limits<int64_t>::min();
  const Calendar always;
  CHECK(always.TradingMs(first, kNever) == kNever);
  CHECK(always.TradingMs(kNever, first) == -kNever);
  CHECK(always.After(kNever - 1, 5) == kNever);
  CHECK(always.After(0, kNever) == kNever);
  const Calendar daily = Make(kBerlin, Daily(9 * 60, 20 * 60));
  CHECK(daily.TradingMs(first, kNever) == -daily.TradingMs(kNever, first));
  CHECK(daily.TradingMs(first, first + 1) == 0);
  CHECK(daily.After(first, 1) == kNever);
  CHECK(daily.After(kNever - 1, 1) == kNever);
  CHECK(daily.After(0, kNever) == kNever);
  CHECK_FALSE(daily.OpenAt(first));
  CHECK_FALSE(daily.OpenAt(kNever));
}

TEST_CASE("a closed night does not count", "[reference]") {
  const Calendar calendar = Make(kBerlin, Daily(9 * 60, 20 * 60));
  const int64_t evening = Berlin(2024, 6, 3, 19, 0);
  const int64_t morning = Berlin(2024, 6, 4, 10, 30);
  CHECK(calendar.TradingMs(evening, morning) == 2 * kHourMs + 30 * kMinuteMs);
  CHECK(calendar.TradingMs(morning, evening) == -(2 * kHourMs + 30 * kMinuteMs));
  CHECK(calendar.After(evening, 90 * kMinuteMs) == Berlin(2024, 6, 4, 9, 30));
  CHECK(calendar.OpenAt(evening));
  CHECK(calendar.OpenAt(Berlin(2024, 6, 3, 9, 0)));
  CHECK_FALSE(calendar.OpenAt(Berlin(2024, 6, 3, 20, 0)));
}

TEST_CASE("the instant is the earliest: closing time, not the next opening", "[reference]") {
  const Calendar calendar = Make(kBerlin, Daily(9 * 60, 20 * 60));
  CHECK(calendar.After(Berlin(2024, 6, 3, 19, 0), kHourMs) == Berlin(2024, 6, 3, 20, 0));
  const int64_t night = Berlin(2024, 6, 3, 23, 0);
  CHECK(calendar.After(night, 0) == night);
}

TEST_CASE("hours may run past midnight, into a day that is closed", "[reference]") {
  const Calendar calendar = Make(kBerlin, {{6, 18 * 60, 26 * 60}});  // Saturdays until 2
  CHECK(calendar.OpenAt(Berlin(2024, 6, 9, 1, 59)));
  CHECK_FALSE(calendar.OpenAt(Berlin(2024, 6, 9, 2, 0)));
  CHECK_FALSE(calendar.OpenAt(Berlin(2024, 6, 8, 1, 0)));
  CHECK(calendar.TradingMs(Berlin(2024, 6, 3, 0, 0), Berlin(2024, 6, 10, 0, 0)) == 8 * kHourMs);
}

TEST_CASE("overlapping and touching hours count once", "[reference]") {
  const Calendar calendar =
      Make(kBerlin, {{1, 9 * 60, 13 * 60}, {1, 12 * 60, 15 * 60}, {1, 15 * 60, 16 * 60}});
  CHECK(calendar.TradingMs(Berlin(2024, 6, 3, 0, 0), Berlin(2024, 6, 4, 0, 0)) == 7 * kHourMs);
}

TEST_CASE("a special day replaces that date's hours", "[reference]") {
  const absl::CivilDay eve(2024, 12, 24), first(2024, 12, 25), second(2024, 12, 26);
  const Calendar calendar = Make(kBerlin, Daily(9 * 60, 20 * 60),
                                 {{first, 0, 0},
                                  {eve, 9 * 60, 14 * 60},
                                  {second, 10 * 60, 11 * 60},
                                  {second, 12 * 60, 13 * 60}});
  const auto hours_of = [&calendar](absl::CivilDay day) {
    return calendar.TradingMs(Berlin(absl::CivilMinute(day)), Berlin(absl::CivilMinute(day + 1))) /
           kHourMs;
  };
  CHECK(hours_of(eve - 1) == 11);
  CHECK(hours_of(eve) == 5);
  CHECK(hours_of(first) == 0);
  CHECK(hours_of(second) == 2);
  CHECK(hours_of(second + 1) == 11);
}

TEST_CASE("a store with special days only trades round the clock on the others", "[reference]") {
  const Calendar calendar = Make(kBerlin, {}, {{absl::CivilDay(2024, 12, 25), 0, 0}});
  CHECK_FALSE(calendar.always_open());
  CHECK_FALSE(calendar.OpenAt(Berlin(2024, 12, 25, 12, 0)));
  CHECK(calendar.OpenAt(Berlin(2024, 12, 26, 3, 0)));
  CHECK(calendar.TradingMs(Berlin(2024, 12, 24, 0, 0), Berlin(2024, 12, 27, 0, 0)) == 48 * kHourMs);
}

TEST_CASE("a day of 23 or 25 hours has the trading time that passes", "[reference]") {
  const Calendar calendar = Make(kBerlin, Daily(0, 24 * 60));
  const auto length_of = [&calendar](absl::CivilDay day) {
    return calendar.TradingMs(Berlin(absl::CivilMinute(day)), Berlin(absl::CivilMinute(day + 1))) /
           kHourMs;
  };
  CHECK(length_of(absl::CivilDay(2024, 3, 31)) == 23);
  CHECK(length_of(absl::CivilDay(2024, 10, 27)) == 25);
  CHECK(length_of(absl::CivilDay(2024, 10, 28)) == 24);
}

TEST_CASE("of a minute that comes twice opening takes the first and closing the second",
          "[reference]") {
  const int64_t midnight = Berlin(2024, 10, 27, 0, 0);
  const Calendar closes = Make(kBerlin, {{7, 0, 150}});
  CHECK(closes.TradingMs(midnight, midnight + 25 * kHourMs) == 210 * kMinuteMs);
  const Calendar opens = Make(kBerlin, {{7, 150, 240}});
  CHECK(opens.TradingMs(midnight, midnight + 25 * kHourMs) == 150 * kMinuteMs);
}

TEST_CASE("a minute that the clock skips is the instant of the change", "[reference]") {
  const int64_t midnight = Berlin(2024, 3, 31, 0, 0);
  const Calendar closes = Make(kBerlin, {{7, 0, 150}});
  CHECK(closes.TradingMs(midnight, midnight + 23 * kHourMs) == 120 * kMinuteMs);
  const Calendar opens = Make(kBerlin, {{7, 150, 240}});
  CHECK(opens.TradingMs(midnight, midnight + 23 * kHourMs) == 60 * kMinuteMs);
}

TEST_CASE("a thousand weeks are exact, in either direction", "[reference]") {
  std::vector<WeeklyHours> six_days = Daily(9 * 60, 20 * 60);
  six_days.pop_back();
  const Calendar calendar = Make("Asia/Tashkent", six_days);
  const absl::CivilDay monday(2001, 1, 1);
  const int64_t from = Ms("Asia/Tashkent", absl::CivilMinute(monday));
  const int64_t to = Ms("Asia/Tashkent", absl::CivilMinute(monday + 7000));
  CHECK(calendar.TradingMs(from, to) == 1000 * 6 * 11 * kHourMs);
  CHECK(calendar.TradingMs(to, from) == -1000 * 6 * 11 * kHourMs);
}

TEST_CASE("a store that does not trade that long in ten years never does", "[reference]") {
  const int64_t from = Berlin(2024, 1, 1, 0, 0);
  const Calendar never = Make(kBerlin, {{1, 0, 1}}, {{absl::CivilDay(2024, 1, 1), 0, 0}});
  CHECK(never.After(from, 500 * kMinuteMs) == Berlin(2033, 8, 1, 0, 1));
  CHECK(never.After(from, 600 * kMinuteMs) == kNever);
  CHECK(Calendar().After(0, int64_t{11} * 366 * 24 * kHourMs) == kNever);
}

TEST_CASE("no question makes a calendar grow without bound", "[reference]") {
  const Calendar calendar = Make(kBerlin, Daily(9 * 60, 20 * 60));
  const int64_t century_ms = int64_t{36'525} * 24 * kHourMs;
  for (int64_t at_ms = -5 * century_ms; at_ms < 20 * century_ms; at_ms += century_ms / 50) {
    calendar.TradingMs(at_ms, at_ms + kHourMs);
    calendar.TradingMs(0, at_ms);
    calendar.After(at_ms, 1);
  }
  CHECK(calendar.bytes() < 40'000);
}

TEST_CASE("calendars are equal by their hours, whatever they were asked", "[reference]") {
  const Calendar asked = Make(kBerlin, Daily(9 * 60, 20 * 60));
  asked.OpenAt(Berlin(2024, 6, 3, 0, 0));
  CHECK(asked == Make(kBerlin, Daily(9 * 60, 20 * 60)));
  CHECK_FALSE(asked == Make(kBerlin, Daily(9 * 60, 21 * 60)));
  CHECK_FALSE(asked == Make("Europe/Paris", Daily(9 * 60, 20 * 60)));
  CHECK_FALSE(asked == Calendar());
}

TEST_CASE("hours that are none are refused with the reason", "[reference]") {
  const auto refused = [](const std::string& zone, WeeklyHours hours) {
    return std::string(Calendar::Create(zone, {hours}, {}).status().message());
  };
  CHECK(refused(kBerlin, {0, 0, 60}) == "opening_hours: weekday 0 is not in 1 … 7");
  CHECK(refused(kBerlin, {8, 0, 60}) == "opening_hours: weekday 8 is not in 1 … 7");
  CHECK(refused(kBerlin, {1, -1, 60}) == "opening_hours: opens_minute -1 is not in 0 … 1439");
  CHECK(refused(kBerlin, {1, 1440, 1500}) == "opening_hours: opens_minute 1440 is not in 0 … 1439");
  CHECK(refused(kBerlin, {1, 600, 599}) ==
        "opening_hours: closes_minute 599 is not between opens_minute and 2880");
  CHECK(refused(kBerlin, {1, 600, 2881}) ==
        "opening_hours: closes_minute 2881 is not between opens_minute and 2880");
  CHECK(refused(kBerlin, {1, 600, 600}) ==
        "opening_hours: opens_minute and closes_minute are equal");
  CHECK(refused("", {1, 0, 60}) == "timezone: empty, but there are hours");
  CHECK(refused("Europe/Berlín", {1, 0, 60}) == "timezone: no IANA zone 'Europe/Berlín'");
  CHECK(refused("Mars/Olympus", {1, 0, 60}) == "timezone: no IANA zone 'Mars/Olympus'");
  CHECK(refused("localtime", {1, 0, 60}) == "timezone: no IANA zone 'localtime'");
  CHECK(refused("/etc/localtime", {1, 0, 60}) == "timezone: no IANA zone '/etc/localtime'");
  CHECK(refused("../zoneinfo/UTC", {1, 0, 60}) == "timezone: no IANA zone '../zoneinfo/UTC'");
  CHECK_FALSE(Calendar::Create(kBerlin, std::vector<WeeklyHours>(169, {1, 0, 60}), {}).ok());
  CHECK_FALSE(Calendar::Create(kBerlin, {}, {{absl::CivilDay(2024, 1, 1), 60, 59}}).ok());
  CHECK(Calendar::Create("", {}, {}).ok());
}

}  // namespace
}  // namespace shelf
