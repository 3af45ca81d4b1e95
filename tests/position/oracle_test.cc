#include "position/oracle.h"

#include <sstream>
#include <string>

#include "position/history.h"
#include "position/support.h"
#include "support/catch.h"

using shelf::EventTime;
using shelf::position_test::ClockText;
using shelf::position_test::Delivery;
using shelf::position_test::MakeHistory;
using shelf::position_test::Oracle;
using shelf::position_test::Text;
using shelf::position_test::World;

namespace {

constexpr int kDocuments = 200;
constexpr uint64_t kSeeds = 400;

// What is not as the oracle says; empty when all is.
std::string Difference(const World& world, const Oracle& oracle) {
  std::ostringstream out;
  for (const char* sku : {"a", "b", "c"}) {
    if (world.OnHandMilli(sku) == oracle.OnHandMilli(sku)) continue;
    out << sku << " has " << world.OnHandMilli(sku) << ", should have " << oracle.OnHandMilli(sku)
        << '\n';
  }
  const auto compare = [&](const char* what, EventTime is, EventTime should_be) {
    if (is == should_be) return;
    out << what << " is " << is.ms << ", should be " << should_be.ms << " ("
        << (should_be.ms == 0 ? "none" : ClockText(should_be)) << ")\n";
  };
  compare("Tb", world.complete_through(), oracle.complete_through());
  compare("the watermark", world.watermark(), oracle.watermark());
  return out.str();
}

// Plays the history of a seed against the oracle; the first difference with what led to it.
std::string Play(uint64_t seed, bool early_required, Oracle& oracle) {
  World world;
  if (early_required) world.Require("pos");
  std::ostringstream log;
  for (const Delivery& delivery : MakeHistory(seed, kDocuments)) {
    log << Text(delivery.document) << '\n';
    world.Tick(delivery.now);
    world.Feed(delivery.document);
    oracle.Arrive(delivery.document, delivery.now);
    const std::string difference = Difference(world, oracle);
    if (!difference.empty()) return log.str() + difference;
  }
  return "";
}

}  // namespace

TEST_CASE("random histories end where the definitions say, after each document", "[position]") {
  int within_skew = 0;
  int lists_completed = 0;
  int early_healed = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const bool early_required = seed % 2 == 0;
    Oracle oracle(early_required);
    INFO("seed " << seed);
    REQUIRE(Play(seed, early_required, oracle) == "");
    within_skew += oracle.within_skew();
    lists_completed += oracle.lists_completed();
    early_healed += oracle.early_healed();
  }
  // The histories reach what they are made to reach.
  CHECK(within_skew > 500);
  CHECK(lists_completed > 500);
  CHECK(early_healed > 40);
}
