// Stop-sales that the daemon writes itself: on their way, in force, over a crash.
#include "loop/stops.h"

#include <string>

#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

namespace {

StopInfo Recall(const std::string& sku) {
  StopInfo stop;
  stop.id = "recall-" + sku;
  stop.sku = sku;
  stop.by = "Ada";
  stop.reason = "glass in it";
  return stop;
}

uint32_t Place(const StopInfo& stop, Harness& harness, bool lifted = false) {
  const auto number =
      harness.worker().reference_writer().Append(StopKey(stop.id), StopValue(stop, lifted));
  REQUIRE(number.ok());
  return *number;
}

std::vector<std::string> Holding(Harness& harness, const std::string& channel) {
  World& world = harness.worker().world();
  std::vector<std::string> ids;
  for (const StopInfo* stop : StopsFor(world, PositionId(0), world.ChannelNamed(channel))) {
    ids.push_back(stop->id);
  }
  return ids;
}

}  // namespace

TEST_CASE("a stop that is written is in force at the next tick, and again after a crash",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  const uint32_t number = Place(Recall("A"), harness);
  CHECK_FALSE(harness.worker().reference_writer().FateOf(number).has_value());
  harness.Settle();
  REQUIRE(harness.worker().reference_writer().FateOf(number).has_value());
  CHECK(harness.worker().reference_writer().FateOf(number)->status.ok());
  CHECK(harness.Published() == Lines{"market/1/A 0", "site/1/A 0"});
  harness.Restart();
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 0", "site/1/A 0"});
  Place(Recall("A"), harness, /*lifted=*/true);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 10", "site/1/A 9"});
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("what holds a position is found by item, store and channel", "[loop]") {
  Harness harness;
  OpenShop(harness);
  StopInfo market = Recall("A");
  market.id = "market-only";
  market.channel = "market";
  StopInfo elsewhere = Recall("A");
  elsewhere.id = "elsewhere";
  elsewhere.store = "2";
  StopInfo past = Recall("A");
  past.id = "past";
  past.expires_at_ms = harness.now_ms() + 30'000;
  for (const StopInfo& stop : {Recall("A"), Recall("B"), market, elsewhere, past}) {
    Place(stop, harness);
  }
  harness.Turns(15);  // they are written one after the other
  CHECK(Holding(harness, "market") == Lines{"market-only", "past", "recall-A"});
  CHECK(Holding(harness, "site") == Lines{"past", "recall-A"});
  harness.Turns(20);
  CHECK(Holding(harness, "site") == Lines{"recall-A"});
}

TEST_CASE("a stop waits for the broker, and of two records of one id the later holds", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().Disconnect(Topic::kReference);
  const uint32_t placed = Place(Recall("A"), harness);
  const uint32_t lifted = Place(Recall("A"), harness, /*lifted=*/true);
  harness.Turns(3);
  CHECK_FALSE(harness.worker().reference_writer().FateOf(placed).has_value());
  CHECK(harness.worker().reference_writer().Waits("stop/recall-A"));
  harness.sink().LoseProducer();
  harness.sink().Connect();
  harness.Settle();
  CHECK(harness.worker().reference_writer().FateOf(lifted)->status.ok());
  CHECK_FALSE(harness.worker().reference_writer().Waits("stop/recall-A"));
  CHECK(harness.Published() == Lines{"market/1/A 10", "site/1/A 9"});
  CHECK(harness.worker().world().reference.stops().empty());
}

TEST_CASE("a broker that refuses the record stops nobody's line", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().FailNext(1, absl::PermissionDeniedError("reference: not authorized"));
  const uint32_t number = Place(Recall("A"), harness);
  harness.Settle();
  const auto fate = harness.worker().reference_writer().FateOf(number);
  REQUIRE(fate.has_value());
  CHECK(absl::IsPermissionDenied(fate->status));
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 9", "site/1/A 8"});
}

TEST_CASE("fates are remembered for a while, and a full queue takes no more", "[loop]") {
  Harness harness;
  OpenShop(harness);
  ReferenceWriter& writer = harness.worker().reference_writer();
  const uint32_t first = Place(Recall("A"), harness);
  harness.Settle();
  harness.sink().Disconnect(Topic::kReference);
  for (size_t n = 0; n < ReferenceWriter::kWaitingMax; ++n) {
    REQUIRE(writer.Append("stop/x", StopValue(Recall("x"), true)).ok());
  }
  CHECK(absl::IsUnavailable(writer.Append("stop/x", "").status()));
  harness.sink().Connect();
  for (size_t n = 0; n < ReferenceWriter::kWaitingMax; ++n) harness.Turns(1, /*step_ms=*/1);
  CHECK(writer.empty());
  CHECK(absl::IsNotFound(writer.FateOf(first)->status));
}
