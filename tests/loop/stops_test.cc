// Stop-sales that the daemon writes itself: on their way, in force, over a crash.
#include "loop/stops.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
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

TEST_CASE("a stop of a whole store goes before the stores that wait for new rules", "[loop]") {
  Harness harness("{version: 1, channels: {site: {}}}");
  harness.options.sweep_positions_per_tick = 1;
  std::vector<std::string> stores;
  for (int i = 0; stores.size() < 5; ++i) {
    std::string store = absl::StrCat("s", i);
    if (PartitionOf(store, kPartitions) == 0) stores.push_back(std::move(store));
  }
  for (const std::string& store : stores) harness.PutStore(store);
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  for (const std::string& store : stores) harness.List(store, {{"A", 10}});
  harness.Settle();
  const auto said = [&](size_t store) { return harness.Said("site/" + stores[store] + "/A"); };

  harness.Propose(
      "{version: 1, channels: {site: {rules: [{id: all, safety_stock: {subtract: 3}}]}}}");
  World& world = harness.worker().world();
  const Partition& partition = *world.FindPartition(0);
  const auto before = partition.rules;
  while (partition.rules == before) harness.Turns(1);
  StopInfo stop = Recall("");
  stop.id = "no-power";
  stop.store = stores.back();
  StopInfo everywhere = Recall("");
  everywhere.id = "everywhere";
  Place(stop, harness);
  while (world.reference.stops().empty()) harness.Turns(1, /*step_ms=*/100);
  harness.Turns(1, /*step_ms=*/100);  // its zero is on its way
  CHECK(IsSwept(stop, /*lifted=*/false, world));
  CHECK_FALSE(IsSwept(stop, /*lifted=*/true, world));  // other rises wait before its store's
  CHECK_FALSE(IsSwept(everywhere, /*lifted=*/false, world));
  CHECK(said(4) == "10 0");
  CHECK(said(3) == "10");
  harness.Settle();
  CHECK(IsSwept(stop, /*lifted=*/true, world));
  CHECK(IsSwept(everywhere, /*lifted=*/false, world));
  CHECK(said(3) == "10 7");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a stop that is past costs no evaluation, as soon as every partition's time is past it",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  World& world = harness.worker().world();
  StopInfo later = Recall("A");
  later.id = "later";
  later.expires_at_ms = harness.now_ms() + 60'000;
  StopInfo soon = Recall("A");
  soon.expires_at_ms = harness.now_ms() + 20'000;
  for (const StopInfo& stop : {later, soon}) Place(stop, harness);
  harness.Turns(10);
  CHECK(world.stops.size() == 2);
  CHECK(world.stops_end.ms == soon.expires_at_ms);
  DropExpiredStops(world, PartitionTime{soon.expires_at_ms});  // of one partition alone
  CHECK(world.stops.size() == 2);
  harness.Turns(12);
  CHECK(world.stops.size() == 1);
  CHECK(world.stops_end.ms == later.expires_at_ms);
  CHECK(harness.Said("market/1/A") == "10 0");
  harness.Turns(45);
  CHECK(world.stops.empty());
  CHECK(world.stops_end == kNever);
  CHECK(world.reference.stops().size() == 2);
  CHECK(harness.Said("market/1/A") == "10 0 10");
  // A partition that comes without a time may yet see them.
  harness.Restart();
  CHECK(harness.worker().world().stops.empty());
  harness.LoseDisk();
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 10", "site/1/A 9"});
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("records that are not in force yet are known by their keys, each once", "[loop]") {
  Harness harness;
  OpenShop(harness);
  const ReferenceWriter& writer = harness.worker().reference_writer();
  using Keys = std::set<std::string, std::less<>>;
  harness.sink().Disconnect(Topic::kReference);
  const uint32_t number = Place(Recall("A"), harness);
  Place(Recall("A"), harness, /*lifted=*/true);
  Place(Recall("B"), harness);
  CHECK(writer.KeysAfter(1000) == Keys{"stop/recall-A", "stop/recall-B"});
  harness.sink().Connect();
  harness.Settle();
  const int64_t first = writer.FateOf(number)->offset;
  CHECK(writer.KeysAfter(first - 1) == Keys{"stop/recall-A", "stop/recall-B"});
  CHECK(writer.KeysAfter(first + 1) == Keys{"stop/recall-B"});
  CHECK(writer.KeysAfter(first + 2).empty());
}
