#include "sim/universe.h"

#include <string>
#include <vector>

#include "sim/apart.h"
#include "support/catch.h"

namespace shelf::sim {
namespace {

Step At(int64_t seconds, StepKind kind, int64_t amount = 0, int64_t more = 0) {
  Step step;
  step.at_ms = seconds * 1000;
  step.kind = kind;
  step.amount = amount;
  step.more = more;
  step.salt = 1;
  return step;
}

// A quiet world with those steps alone.
Plan Quiet(std::vector<Step> steps) {
  Plan plan = MakePlan(1);
  plan.bounds = Bounds{};
  plan.forgets = false;
  plan.steps = std::move(steps);
  return plan;
}

TEST_CASE("the same seed writes the same log") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const Plan plan = MakePlan(seed);
    CHECK(Universe(plan).Run().log_hash == Universe(plan).Run().log_hash);
  }
}

TEST_CASE("a trace changes nothing of what happens") {
  const Plan plan = MakePlan(3);
  size_t lines = 0;
  const Outcome traced = Universe(plan, [&](const std::string&) { ++lines; }).Run();
  CHECK(traced.log_hash == Universe(plan).Run().log_hash);
  CHECK(lines > plan.steps.size());
}

TEST_CASE("a world in a process of its own is the same world") {
  const Plan plan = MakePlan(2);
  const Outcome apart = Apart(plan).Finish();
  const Outcome here = Universe(plan).Run();
  CHECK(apart.log_hash == here.log_hash);
  CHECK(apart.failure == here.failure);
  CHECK(apart.totals.turns == here.totals.turns);
}

TEST_CASE("a killed daemon comes back and says the same in the end") {
  for (int64_t call = 1; call <= 40; ++call) {
    const Plan plan = Quiet({At(20, StepKind::kList), At(30, StepKind::kKill, call, 3000),
                             At(31, StepKind::kSell, 2), At(60, StepKind::kLook)});
    const Outcome outcome = Universe(plan).Run();
    CHECK(outcome.failure.empty());
    CHECK(outcome.totals.kills == 1);
    CHECK(outcome.totals.starts == 2);
  }
}

TEST_CASE("what a world has of trouble is counted") {
  const Outcome outcome =
      Universe(Quiet({At(20, StepKind::kList), At(25, StepKind::kDiskSlow, 10'000),
                      At(40, StepKind::kBackup), At(50, StepKind::kDiskLost, 1),
                      At(70, StepKind::kStall, 20'000), At(120, StepKind::kBrokerAway, 5000)}))
          .Run();
  CHECK(outcome.failure.empty());
  CHECK(outcome.totals.checkpoints_held > 0);
  CHECK(outcome.totals.disks_lost == 1);
  CHECK(outcome.totals.restored == 1);
  CHECK(outcome.totals.stalls == 1);
  CHECK(outcome.totals.outages == 1);
  CHECK(outcome.totals.publications > 0);
}

}  // namespace
}  // namespace shelf::sim
