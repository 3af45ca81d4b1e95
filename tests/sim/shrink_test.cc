#include "sim/shrink.h"

#include <algorithm>

#include "support/catch.h"

namespace shelf::sim {
namespace {

constexpr int kPlenty = 10'000;

Plan PlanOfSteps(int64_t count) {
  Plan plan;
  for (int64_t s = 0; s < count; ++s) {
    Step step;
    step.amount = s;
    plan.steps.push_back(step);
  }
  return plan;
}

bool Has(const Plan& plan, int64_t amount) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [amount](const Step& step) { return step.amount == amount; });
}

TEST_CASE("just the steps that a failure needs are left") {
  const auto fails = [](const Plan& plan) {
    return Has(plan, 3) && Has(plan, 57) && Has(plan, 90);
  };
  CHECK(Shrink(PlanOfSteps(100), fails, kPlenty) == std::vector<size_t>{3, 57, 90});
}

TEST_CASE("what fails without any step is shrunk to none") {
  CHECK(Shrink(
            PlanOfSteps(17), [](const Plan&) { return true; }, kPlenty)
            .empty());
}

TEST_CASE("a failure that needs every step keeps them") {
  const auto fails = [](const Plan& plan) { return plan.steps.size() == 9; };
  CHECK(Shrink(PlanOfSteps(9), fails, kPlenty).size() == 9);
}

TEST_CASE("with few tries what is found so far is the answer and it fails too") {
  const auto fails = [](const Plan& plan) { return Has(plan, 3) && Has(plan, 57); };
  const Plan plan = PlanOfSteps(100);
  const std::vector<size_t> left = Shrink(plan, fails, 5);
  CHECK(left.size() < 100);
  CHECK(fails(WithSteps(plan, left)));
}

}  // namespace
}  // namespace shelf::sim
