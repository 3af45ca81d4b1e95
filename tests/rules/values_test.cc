#include "rules/values.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace shelf;

TEST_CASE("decimals are exact, and what cannot be kept is refused", "[rules]") {
  CHECK(ParseDecimal("12", 3) == 12'000);
  CHECK(ParseDecimal("0.5", 3) == 500);
  CHECK(ParseDecimal("0.001", 3) == 1);
  CHECK(ParseDecimal("007", 0) == 7);
  CHECK(ParseDecimal("999999999.999", 3) == 999'999'999'999);
  for (const char* text : {"", ".", ".5", "5.", "0.0001", "1,5", "-1", "+1", "1e3", "0x10", " 1",
                           "1000000000", "1.2.3", "nan"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDecimal(text, 3).has_value());
  }
}

TEST_CASE("a duration needs its unit", "[rules]") {
  CHECK(ParseDurationMs("250ms") == 250);
  CHECK(ParseDurationMs("90s") == 90'000);
  CHECK(ParseDurationMs("30m") == 1'800'000);
  CHECK(ParseDurationMs("4h") == 14'400'000);
  CHECK(ParseDurationMs("2d") == 172'800'000);
  CHECK(ParseDurationMs("0s") == 0);
  for (const char* text : {"", "30", "m", "30 m", "30M", "1.5h", "-1s", "1h30m", "30min", "1w"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDurationMs(text).has_value());
  }
}

TEST_CASE("10 and 10% are the same percentage", "[rules]") {
  CHECK(ParsePercent("10", 6) == 10'000'000);
  CHECK(ParsePercent("10%", 6) == 10'000'000);
  CHECK(ParsePercent("12.5%", 6) == 12'500'000);
  CHECK(ParsePercent("80%", 0) == 80);
  for (const char* text : {"", "%", "10%%", "%10", "12.5", "-1%"}) {
    CAPTURE(text);
    CHECK_FALSE(ParsePercent(text, 0).has_value());
  }
}
