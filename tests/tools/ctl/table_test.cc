#include "ctl/table.h"

#include <sstream>

#include "support/catch.h"

using namespace shelf::ctl;

TEST_CASE("columns are as wide as their widest cell, numbers to the right", "[ctl]") {
  Table table({{"NAME"}, {"N", true}, {"LAST"}});
  table.Add({"Brötchen", "5", "x"});
  table.Add({"egg", "1200", "yes"});
  std::ostringstream out;
  table.Write(out);
  CHECK(out.str() ==
        "NAME         N  LAST\n"
        "Brötchen     5  x\n"
        "egg       1200  yes\n");
}

TEST_CASE("quantities are written in the unit of measure", "[ctl]") {
  CHECK(Quantity(0) == "0");
  CHECK(Quantity(11'000) == "11");
  CHECK(Quantity(1'500) == "1.5");
  CHECK(Quantity(-250) == "-0.25");
  CHECK(Quantity(-1'005) == "-1.005");
  CHECK(Quantity(nullptr) == "-");
}

TEST_CASE("times are UTC and lags durations", "[ctl]") {
  CHECK(Time(1'793'599'200'250) == "2026-11-02 06:00:00.250Z");
  CHECK(Time(nullptr) == "-");
  CHECK(Lag(3'800'000) == "1h3m20s");
  CHECK(Lag(nullptr) == "-");
}
