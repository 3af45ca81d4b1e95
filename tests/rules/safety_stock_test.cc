#include "rules/safety_stock.h"

#include <limits>
#include <vector>

#include "support/catch.h"

using namespace shelf;

TEST_CASE("a fixed reserve leaves what is above it", "[rules]") {
  const SafetyStockRule rule{2'000, 0};
  CHECK(AfterSafetyStock(0, rule) == 0);
  CHECK(AfterSafetyStock(1'999, rule) == 0);
  CHECK(AfterSafetyStock(2'000, rule) == 0);
  CHECK(AfterSafetyStock(2'001, rule) == 1);
  CHECK(AfterSafetyStock(9'500, rule) == 7'500);
}

TEST_CASE("what a percentage withholds is rounded up, so that it never offers more", "[rules]") {
  struct Row {
    int64_t in, percent_micro, out;
  };
  for (const Row& row : std::vector<Row>{{10'000, 10'000'000, 9'000},
                                         {1, 10'000'000, 0},
                                         {11, 10'000'000, 9},
                                         {10, 10'000'000, 9},
                                         {9, 10'000'000, 8},
                                         {8'000, 12'500'000, 7'000},
                                         {8'001, 12'500'000, 7'000},
                                         {5'000, 0, 5'000},
                                         {5'000, 100'000'000, 0},
                                         {0, 50'000'000, 0},
                                         {1'000'000'000'000, 1, 999'999'990'000}}) {
    CAPTURE(row.in, row.percent_micro);
    CHECK(AfterSafetyStock(row.in, {0, row.percent_micro}) == row.out);
  }
}

TEST_CASE("the largest quantity does not overflow the reserve", "[rules]") {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  CHECK(AfterSafetyStock(kMax, {0, 100'000'000}) == 0);
  CHECK(AfterSafetyStock(kMax, {0, 50'000'000}) == kMax / 2);
  CHECK(AfterSafetyStock(kMax, {kMax, 0}) == 0);
}
