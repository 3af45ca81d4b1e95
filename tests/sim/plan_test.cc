#include "sim/plan.h"

#include "support/catch.h"

namespace shelf::sim {
namespace {

std::vector<std::string> LinesOf(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Step& step : plan.steps) lines.push_back(ToLine(step));
  return lines;
}

TEST_CASE("a seed makes one plan, and another seed another") {
  const Plan plan = MakePlan(7);
  CHECK(LinesOf(plan) == LinesOf(MakePlan(7)));
  CHECK(LinesOf(plan) != LinesOf(MakePlan(8)));
}

TEST_CASE("steps follow one another in time and name what the world has") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Plan plan = MakePlan(seed);
    REQUIRE(!plan.steps.empty());
    REQUIRE(!plan.rules.empty());
    int64_t before_ms = 0;
    for (const Step& step : plan.steps) {
      CHECK(step.at_ms >= before_ms);
      before_ms = step.at_ms;
      CHECK(step.store < plan.names.stores.size());
      CHECK(step.sku < plan.names.skus.size());
      CHECK(step.source < kSourcesOfStore);
    }
  }
}

TEST_CASE("a step is told on one line") {
  Step step;
  step.at_ms = 12'300;
  step.kind = StepKind::kSell;
  step.source = kPos;
  step.sku = 2;
  step.amount = 3;
  CHECK(ToLine(step) == "   12.300 s  sell          store 0 pos     sku 2 amount 3 more 0");
}

}  // namespace
}  // namespace shelf::sim
