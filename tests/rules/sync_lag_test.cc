#include "rules/sync_lag.h"

#include <limits>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMinute = 60'000;

// over 30 m keep 80 %, over 4 h keep nothing
const std::vector<LagTier> kTiers{{30 * kMinute, 80, 0}, {240 * kMinute, 0, 0}};

}  // namespace

TEST_CASE("a tier holds above its lag and not at it; the highest that holds applies", "[rules]") {
  struct Row {
    int64_t lag_ms;
    int64_t out;
  };
  for (const Row& row : std::vector<Row>{{0, 10'000},
                                         {-1, 10'000},
                                         {30 * kMinute - 1, 10'000},
                                         {30 * kMinute, 10'000},
                                         {30 * kMinute + 1, 8'000},
                                         {240 * kMinute, 8'000},
                                         {240 * kMinute + 1, 0},
                                         {std::numeric_limits<int64_t>::max(), 0}}) {
    CAPTURE(row.lag_ms);
    CHECK(AfterSyncLag(10'000, row.lag_ms, 1000, kTiers) == row.out);
  }
}

TEST_CASE("what a tier keeps is rounded down to whole steps, then the subtraction", "[rules]") {
  struct Row {
    int64_t in, step, keep, subtract, out;
  };
  for (const Row& row : std::vector<Row>{{11'000, 1000, 50, 0, 5'000},
                                         {11'000, 100, 50, 0, 5'500},
                                         {11'000, 1, 33, 0, 3'630},
                                         {1'000, 1000, 99, 0, 0},
                                         {0, 1000, 50, 0, 0},
                                         {10'000, 1000, 80, 3'000, 5'000},
                                         {10'000, 1000, 80, 8'000, 0},
                                         {10'000, 1000, 80, 8'001, 0},
                                         {10'000, 1000, 100, 500, 9'500},
                                         {1'001, 1000, 100, 0, 1'001},
                                         {1'375, 250, 50, 0, 500},
                                         {1'375, 250, 50, 125, 375},
                                         {1'375, 250, 100, 250, 1'125},
                                         {1'375, 5000, 99, 0, 0},
                                         {10'000, 1000, 0, 0, 0},
                                         {10'000, 1000, 100, kMax, 0}}) {
    CAPTURE(row.in, row.step, row.keep, row.subtract);
    const std::vector<LagTier> tiers{{0, row.keep, row.subtract}};
    CHECK(AfterSyncLag(row.in, 1, row.step, tiers) == row.out);
  }
}

TEST_CASE("the largest quantity does not overflow the percentage", "[rules]") {
  const std::vector<LagTier> tiers{{0, 99, 0}};
  CHECK(AfterSyncLag(kMax, 1, 1, tiers) == kMax / 100 * 99 + kMax % 100 * 99 / 100);
}

TEST_CASE("without a tier the quantity passes", "[rules]") {
  CHECK(AfterSyncLag(7'300, 1'000'000'000, 1000, {}) == 7'300);
}
