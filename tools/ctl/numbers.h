// Numbers and times as people read them at a glance.
#pragma once

#include <cstdint>
#include <string>

namespace shelf::ctl {

// 1234567 -> "1,234,567"
std::string Grouped(int64_t number);
// Thousandths as whole units, half away from zero: 1499 -> "1", -1500 -> "-2".
std::string WholeUnits(int64_t milli);
// The same, with a sign before what is above zero.
std::string Change(int64_t milli);
// A stretch of time in its two largest parts, rounded down: "12 s", "5 min 3 s", "2 h 3 min",
// "3 d 4 h". Below zero counts as zero.
std::string Stretch(int64_t ms);
// "16:02:47Z"
std::string TimeOfDay(int64_t unix_ms);
// "2026-11-22 16:02:47Z"
std::string DayAndTime(int64_t unix_ms);

}  // namespace shelf::ctl
