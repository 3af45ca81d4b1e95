#include "rules/safety_stock.h"

#include <limits>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr SalesRate kUnknown;

int64_t After(int64_t in_milli, const SafetyStockRule& rule) {
  return AfterSafetyStock(in_milli, kUnknown, rule);
}

}  // namespace

TEST_CASE("a fixed reserve leaves what is above it", "[rules]") {
  const SafetyStockRule rule{.subtract_milli = 2'000};
  CHECK(After(0, rule) == 0);
  CHECK(After(1'999, rule) == 0);
  CHECK(After(2'000, rule) == 0);
  CHECK(After(2'001, rule) == 1);
  CHECK(After(9'500, rule) == 7'500);
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
    CHECK(After(row.in, {.percent_micro = row.percent_micro}) == row.out);
  }
}

TEST_CASE("the largest quantity does not overflow the reserve", "[rules]") {
  CHECK(After(kMax, {.percent_micro = 100'000'000}) == 0);
  CHECK(After(kMax, {.percent_micro = 50'000'000}) == kMax / 2);
  CHECK(After(kMax, {.subtract_milli = kMax}) == 0);
}

TEST_CASE("days of cover withhold that many days' sales, rounded up", "[rules]") {
  constexpr int64_t kDayS = 86'400;
  struct Row {
    int64_t in, sold, in_s, days_milli, out;
  };
  for (const Row& row : std::vector<Row>{{10'000, 2'000, kDayS, 1'000, 8'000},
                                         {10'000, 2'000, kDayS, 1'500, 7'000},
                                         {10'000, 2'000, 2 * kDayS, 1'500, 8'500},
                                         {10'000, 6'000, kDayS, 1'500, 1'000},
                                         {9'000, 6'000, kDayS, 1'500, 0},
                                         {8'999, 6'000, kDayS, 1'500, 0},
                                         {9'001, 6'000, kDayS, 1'500, 1},
                                         {10'000, 1, kDayS, 1, 9'999},  // a thousandth of one
                                         {10'000, 1'000, 3 * kDayS, 1'000, 9'666},
                                         {10'000, 2'000, 3 * kDayS, 1'000, 9'333},
                                         {0, 2'000, kDayS, 1'000, 0},
                                         {10'000, 2'000, kDayS, 0, 10'000},  // off
                                         {10'000, 0, kDayS, 1'000, 10'000},  // nothing sold
                                         {10'000, 2'000, 0, 1'000, 10'000},  // not known
                                         {1'375, 250, kDayS, 3'500, 500},    // weighed
                                         {kMax, int64_t{1} << 50, 1, 3'650'000, 0}}) {
    CAPTURE(row.in, row.sold, row.in_s, row.days_milli);
    const SafetyStockRule rule{.days_of_cover_milli = row.days_milli};
    CHECK(AfterSafetyStock(row.in, {row.sold, row.in_s}, rule) == row.out);
  }
}

TEST_CASE("weighed goods keep their thousandths, steps come later", "[rules]") {
  CHECK(After(1'375, {.subtract_milli = 250}) == 1'125);
  CHECK(After(1'375, {.percent_micro = 10'000'000}) == 1'237);
}
