#include "rules/limits.h"

#include <limits>

#include "support/catch.h"

using namespace shelf;

TEST_CASE("below the cutoff nothing passes, at it everything", "[rules]") {
  const LimitsRule rule{3'000, -1};
  CHECK(AfterLimits(0, rule) == 0);
  CHECK(AfterLimits(2'999, rule) == 0);
  CHECK(AfterLimits(3'000, rule) == 3'000);
  CHECK(AfterLimits(3'001, rule) == 3'001);
}

TEST_CASE("the cap bounds what passes; a cap of zero lets nothing through", "[rules]") {
  CHECK(AfterLimits(49'999, {0, 50'000}) == 49'999);
  CHECK(AfterLimits(50'000, {0, 50'000}) == 50'000);
  CHECK(AfterLimits(50'001, {0, 50'000}) == 50'000);
  CHECK(AfterLimits(1, {0, 0}) == 0);
  CHECK(AfterLimits(50'001, {0, -1}) == 50'001);
}

TEST_CASE("the cutoff looks at what comes in, not at what the cap leaves", "[rules]") {
  CHECK(AfterLimits(10'000, {5'000, 2'000}) == 2'000);
  CHECK(AfterLimits(4'999, {5'000, 2'000}) == 0);
}

TEST_CASE("only whole steps are sold, and never more than a slot holds", "[rules]") {
  CHECK(WholeSteps(0, 1000) == 0);
  CHECK(WholeSteps(999, 1000) == 0);
  CHECK(WholeSteps(1'000, 1000) == 1);
  CHECK(WholeSteps(1'999, 1000) == 1);
  CHECK(WholeSteps(1'250, 100) == 12);
  CHECK(WholeSteps(1'250, 1) == 1'250);
  CHECK(WholeSteps(kSellableMax, 1) == kSellableMax);
  CHECK(WholeSteps(kSellableMax + 1, 1) == kSellableMax);
  CHECK(WholeSteps(std::numeric_limits<int64_t>::max(), 1) == kSellableMax);
}

TEST_CASE("cutoff and cap are in the unit of measure, also between two steps", "[rules]") {
  CHECK(AfterLimits(1'375, {1'375, -1}) == 1'375);
  CHECK(AfterLimits(1'374, {1'375, -1}) == 0);
  CHECK(WholeSteps(AfterLimits(9'000, {0, 1'375}), 250) == 5);
  CHECK(WholeSteps(AfterLimits(9'000, {0, 1'375}), 1000) == 1);
}

TEST_CASE("the largest quantities pass the limits as any other", "[rules]") {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  CHECK(AfterLimits(kMax, {kMax, kMax}) == kMax);
  CHECK(AfterLimits(kMax - 1, {kMax, kMax}) == 0);
  CHECK(AfterLimits(kMax, {0, 1}) == 1);
  CHECK(WholeSteps(kMax, kMax) == 1);
  CHECK(WholeSteps(kMax - 1, kMax) == 0);
}
