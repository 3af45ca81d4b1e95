#include "agent/values.h"

#include <optional>

#include "support/catch.h"

using shelf::agent::ParseMilli;
using shelf::agent::ParseThousandths;
using shelf::agent::TimeParser;

TEST_CASE("quantities are thousandths, exactly", "[agent]") {
  CHECK(ParseMilli("12", '.') == 12000);
  CHECK(ParseMilli("-1.5", '.') == -1500);
  CHECK(ParseMilli("+0.250", '.') == 250);
  CHECK(ParseMilli(".5", '.') == 500);
  CHECK(ParseMilli("1,5", ',') == 1500);
  CHECK(ParseMilli("2.0000", '.') == 2000);
  CHECK(ParseMilli("1000000000000", '.') == 1'000'000'000'000'000);
}

TEST_CASE("what is no quantity is not guessed at", "[agent]") {
  for (const char* text : {"", "-", ".", "1,5", "1.2345", "1e3", "0x10", "12 ", "1.5.0", "--1",
                           "1000000000000.001", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK(ParseMilli(text, '.') == std::nullopt);
  }
}

TEST_CASE("thousandths are taken as they are", "[agent]") {
  CHECK(ParseThousandths("10310", '.') == 10310);
  CHECK(ParseThousandths("-7.0", '.') == -7);
  CHECK(ParseThousandths("7.5", '.') == std::nullopt);
}

TEST_CASE("times are read in the zone given unless they carry their own", "[agent]") {
  TimeParser utc = *TimeParser::Make("UTC");
  CHECK(utc.Parse("2017-03-06 00:01:31") == 1488758491000);
  CHECK(utc.Parse("2017-03-06T00:01:31.250") == 1488758491250);
  CHECK(utc.Parse("2017-03-06T01:01:31+01:00") == 1488758491000);
  CHECK(utc.Parse("2017-03-06T00:01:31Z") == 1488758491000);
  CHECK(utc.Parse("1488758491000") == 1488758491000);

  TimeParser moscow = *TimeParser::Make("Europe/Moscow");
  CHECK(moscow.Parse("2017-03-06 03:01:31") == 1488758491000);
  CHECK(moscow.Parse("2017-03-06T00:01:31Z") == 1488758491000);
}

TEST_CASE("what is no time is not guessed at", "[agent]") {
  TimeParser utc = *TimeParser::Make("UTC");
  for (const char* text : {"", "2017-03-06", "06.03.2017 00:01:31", "2017-13-06 00:01:31",
                           "1488758491", "2017-03-06 00:01:31 x", "1960-01-01 00:00:00"}) {
    CAPTURE(text);
    CHECK(utc.Parse(text) == std::nullopt);
  }
  CHECK_FALSE(TimeParser::Make("Europe/Atlantis").ok());
}
