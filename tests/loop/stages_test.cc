// Stages that need more than one look at a position: rises that wait, channels that share, sales
// that are measured, from the log to the output.
#include <string>

#include "absl/strings/str_cat.h"
#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kHourMs = 60 * kMinuteMs;

// `site` says a rise when it has held for ten minutes, `market` at once.
constexpr char kCalm[] = R"(
version: 1
channels:
  site: {trace: true, rules: [{id: calm, steady: {rise_after: 10m}}]}
  market: {}
)";
constexpr char kNotCalm[] = R"(
version: 1
channels:
  site: {trace: true}
  market: {}
)";

// Time with the daemon up and nothing else happening.
void Pass(Harness& harness, int64_t ms) {
  constexpr int64_t kStepMs = 5'000;
  harness.Turns(static_cast<int>(ms / kStepMs), kStepMs);
}

// What is counted within two minutes of the list would have to agree with it.
void OpenShop(Harness& harness, int64_t units) {
  harness.PutStore("1");
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", units}});
  harness.Settle();
  Pass(harness, 3 * kMinuteMs);
}

void CountIs(Harness& harness, int64_t units) {
  harness.Count("1", "A", units);
  harness.Settle();
}

void PutStep(Harness& harness, int64_t step_milli) {
  v1::Item record;
  record.set_sku("A");
  record.set_step_milli(step_milli);
  harness.log().Append("reference", 0, "item/A", record.SerializeAsString());
}

void SetStep(Harness& harness, int64_t step_milli) {
  PutStep(harness, step_milli);
  harness.Settle();
}

const Store& Shop(Harness& harness) { return harness.worker().world().stores.front(); }

}  // namespace

TEST_CASE("a rise is said when it has held for so long, with no event", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  CHECK(harness.Said("site/1/A") == "5");
  CHECK(harness.Said("market/1/A") == "5 9");
  Pass(harness, 9 * kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5");
  CHECK(Shop(harness).state.steady_holds.size() == 1);
  Pass(harness, kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5 9");
  CHECK(Shop(harness).state.steady_holds.size() == 0);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a fall is said at once and ends what waited", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  CountIs(harness, 4);
  CHECK(harness.Said("site/1/A") == "5 4");
  Pass(harness, 20 * kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5 4");
}

TEST_CASE("what is said after the wait is the least that was offered meanwhile", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  Pass(harness, 5 * kMinuteMs);
  CountIs(harness, 7);
  CountIs(harness, 12);
  Pass(harness, 5 * kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5 7");
  Pass(harness, 10 * kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5 7 12");
}

TEST_CASE("the trace names the rule that holds a rise back", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  Pass(harness, 5 * kMinuteMs);
  CountIs(harness, 12);
  Pass(harness, 5 * kMinuteMs);
  REQUIRE(harness.Said("site/1/A") == "5 9");
  const v1::Trace trace = harness.Newest().at("site/1/A").trace();
  REQUIRE(trace.withheld_size() == 1);
  CHECK(trace.withheld(0).stage() == "steady");
  CHECK(trace.withheld(0).rule_id() == "calm");
  CHECK(trace.withheld(0).quantity_milli() == 3'000);
  CHECK(trace.base_milli() == 12'000);
}

TEST_CASE("a question changes nothing of what waits", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  const PositionId id(0);
  const auto before = Shop(harness).state.steady_holds.Of(id, 2);
  REQUIRE(before.size() == 1);
  Pass(harness, 5 * kMinuteMs);
  const Decision decision = harness.worker().evaluator().Decide(id, ChannelId(0));
  CHECK(decision.sellable == 5);
  CHECK(decision.until.ms == before.front().second.since.ms + 10 * kMinuteMs);
  CHECK(Shop(harness).state.steady_holds.Of(id, 2) == before);
}

TEST_CASE("a rise that waits outlives a restart and waits anew from when the partition is live",
          "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  Pass(harness, 8 * kMinuteMs);
  harness.Settle();
  harness.Restart();
  CHECK(Shop(harness).state.steady_holds.size() == 1);
  harness.Settle();
  Pass(harness, 8 * kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5");
  Pass(harness, 3 * kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5 9");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("what a dead daemon missed of a rise is not said too early", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  harness.Crash();
  // It dips while nobody looks.
  harness.Count("1", "A", 6);
  harness.Wait(kHourMs);
  harness.Count("1", "A", 9);
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "5");
  Pass(harness, 10 * kMinuteMs);
  CHECK(harness.Said("site/1/A") == "5 9");
}

TEST_CASE(
    "a key that a lost disk forgot is said as it is: nothing was decided that it could rise "
    "from",
    "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  harness.LoseDisk();
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "5 5");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("what was said and what waits is in the new step from when the item has it", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  Pass(harness, 5 * kMinuteMs);
  SECTION("a smaller one: as much as before, and the rise waits anew") {
    SetStep(harness, 100);
    CHECK(harness.Said("site/1/A") == "5 50");
    CHECK(harness.Newest().at("site/1/A").step_milli() == 100);
    CHECK(harness.Said("market/1/A") == "5 9 90");
    Pass(harness, 9 * kMinuteMs);
    CHECK(harness.Said("site/1/A") == "5 50");
    Pass(harness, kMinuteMs);
    CHECK(harness.Said("site/1/A") == "5 50 90");
  }
  SECTION("a larger one: as many whole ones as were said") {
    SetStep(harness, 2'000);
    CHECK(harness.Said("site/1/A") == "5 2");
    Pass(harness, 10 * kMinuteMs);
    CHECK(harness.Said("site/1/A") == "5 2 4");
  }
  SECTION("one of more than was said") {
    SetStep(harness, 6'000);
    CHECK(harness.Said("site/1/A") == "5 0");
    Pass(harness, 10 * kMinuteMs);
    CHECK(harness.Said("site/1/A") == "5 0 1");
  }
  SECTION("one that comes while the daemon is away") {
    harness.Settle();
    harness.Crash();
    PutStep(harness, 100);
    REQUIRE(harness.Start().ok());
    harness.Settle();
    CHECK(harness.Said("site/1/A") == "5 50");
    Pass(harness, 10 * kMinuteMs);
    CHECK(harness.Said("site/1/A") == "5 50 90");
  }
  CHECK(Shop(harness).state.steady_holds.size() == 0);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("rules that do not hold rises any more let go of those that wait", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  REQUIRE(harness.Said("site/1/A") == "5");
  harness.Propose(kNotCalm);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "5 9");
  CHECK(Shop(harness).state.steady_holds.size() == 0);
}

TEST_CASE(
    "a rise goes on waiting over a reload, for as long as the new rules say from its beginning",
    "[loop]") {
  const auto calm_for = [](const char* wait) {
    return absl::StrCat("{version: 1, channels: {site: {rules: [{id: calm, safety_stock: ",
                        "{subtract: 1}, steady: {rise_after: ", wait, "}}]}, market: {}}}");
  };
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  Pass(harness, 4 * kMinuteMs);
  harness.Propose(calm_for("10m"));
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "5");  // 8 wait now
  Pass(harness, 2 * kMinuteMs);
  SECTION("as long as before") {
    Pass(harness, 3 * kMinuteMs);
    CHECK(harness.Said("site/1/A") == "5");
    Pass(harness, kMinuteMs);
  }
  SECTION("less, and so long it has waited already") {
    harness.Propose(calm_for("5m"));
    harness.Settle();
  }
  CHECK(harness.Said("site/1/A") == "5 8");
  CHECK(Shop(harness).state.steady_holds.size() == 0);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("what a removed channel waits to say is forgotten with it", "[loop]") {
  Harness harness(kCalm);
  OpenShop(harness, 5);
  CountIs(harness, 9);
  harness.Propose("{version: 1, channels: {market: {}}}", /*force=*/true);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "5 0");
  CHECK(Shop(harness).state.steady_holds.size() == 0);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("the channels of a group share what there is, and each sale is shared anew", "[loop]") {
  Harness harness(R"(
version: 1
allocation_groups: {all: {overcommit: 120%}}
channels:
  site: {rules: [{id: s, allocation: {group: all, share: 60}}]}
  market: {priority: 1, rules: [{id: m, allocation: {group: all, share: 40}}]}
)");
  OpenShop(harness, 10);
  CHECK(harness.Published() == Lines{"market/1/A 5", "site/1/A 7"});  // 12: 4.8 and 7.2
  harness.Sell("1", "A", 5);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 2", "site/1/A 4"});  // 6: 2.4 and 3.6
  harness.Sell("1", "A", 4);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 0", "site/1/A 1"});  // 1: 0.4 and 0.6
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("what a channel has reserved and taken off is its own, beside what is shared", "[loop]") {
  Harness harness(R"(
version: 1
allocation_groups: {all: {}}
channels:
  site: {own_reservations_taken_off: true, rules: [{id: s, allocation: {group: all, share: 1}}]}
  market: {rules: [{id: m, allocation: {group: all, share: 1}}]}
)");
  OpenShop(harness, 10);
  v1::StockEvent event = harness.Document("1", "oms");
  event.mutable_reserve()->set_reservation_id("R");
  event.mutable_reserve()->set_channel("site");
  v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(4'000);
  harness.Append(event);
  harness.Settle();
  // Six are free, three each; site has four of its own on top.
  CHECK(harness.Published() == Lines{"market/1/A 3", "site/1/A 7"});
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("days of cover follow the sales that the log tells of", "[loop]") {
  Harness harness(R"(
version: 1
channels:
  site: {rules: [{id: cover, safety_stock: {days_of_cover: 1.5}}]}
)");
  OpenShop(harness, 20);
  harness.Sell("1", "A", 2);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "20 18");  // one sale is no rate
  for (int day = 0; day < 2; ++day) {
    harness.Wait(24 * kHourMs - 2 * kMinuteMs);
    Pass(harness, 2 * kMinuteMs);
    harness.Sell("1", "A", 2);
    harness.Settle();
  }
  // 14 on hand; two a day, so a day and a half are three. What passed while it settled makes the
  // days a little longer than days: 2.99…, rounded up to whole units all the same.
  CHECK(harness.Newest().at("site/1/A").sellable() == 11);
  harness.Restart();
  harness.Settle();
  CHECK(harness.Newest().at("site/1/A").sellable() == 11);
  CHECK(FaultsOf(harness) == Lines{});
}
