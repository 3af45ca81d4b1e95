#include "ctl/numbers.h"

#include "support/catch.h"

using namespace shelf::ctl;

TEST_CASE("digits stand in groups of three", "[ctl]") {
  CHECK(Grouped(0) == "0");
  CHECK(Grouped(999) == "999");
  CHECK(Grouped(1000) == "1,000");
  CHECK(Grouped(-123456) == "-123,456");
  CHECK(Grouped(INT64_MIN) == "-9,223,372,036,854,775,808");
}

TEST_CASE("thousandths are rounded to whole units", "[ctl]") {
  CHECK(WholeUnits(1'499) == "1");
  CHECK(WholeUnits(1'500) == "2");
  CHECK(WholeUnits(-1'500) == "-2");
  CHECK(WholeUnits(INT64_MAX) == "9,223,372,036,854,776");
  CHECK(Change(1'000) == "+1");
  CHECK(Change(0) == "0");
  CHECK(Change(-2'000) == "-2");
}

TEST_CASE("a stretch of time is told in its two largest parts", "[ctl]") {
  CHECK(Stretch(-5) == "0 s");
  CHECK(Stretch(59'999) == "59 s");
  CHECK(Stretch(60'000) == "1 min");
  CHECK(Stretch(303'000) == "5 min 3 s");
  CHECK(Stretch(3'600'000 * 47LL + 59 * 60'000) == "47 h 59 min");
  CHECK(Stretch(3'600'000 * 76LL) == "3 d 4 h");
}

TEST_CASE("times of day are UTC", "[ctl]") {
  CHECK(TimeOfDay(1'793'599'200'250) == "06:00:00Z");
  CHECK(DayAndTime(1'793'599'200'250) == "2026-11-02 06:00:00Z");
}
