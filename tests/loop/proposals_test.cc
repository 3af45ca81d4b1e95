// Proposals of rules that meet each other, and what their askers hear.
#include <string>

#include "absl/strings/str_cat.h"
#include "loop/foreign_writer.h"
#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kThreeBack[] = R"(
version: 1
channels:
  site:
    rules:
      - {id: all, safety_stock: {subtract: 3}}
  market: {}
)";
constexpr char kAppToo[] = "version: 1\nchannels: {app: {}, site: {}, market: {}}\n";

const RulesReload& Reload(Harness& harness) { return harness.worker().rules_reload(); }

absl::StatusOr<uint32_t> Ask(Harness& harness, const std::string& yaml, const std::string& by) {
  return harness.worker().ProposeRules(
      {.text = yaml, .source = "given", .by = by, .force = false, .from_file = false});
}

// It has started again, and its ticks do not come back.
void StartDeaf(Harness& harness) {
  harness.Restart();
  harness.sink().Disconnect();
  harness.Turns(1);
}

}  // namespace

TEST_CASE("a later proposal takes the place of one that waits, and both hear of it", "[loop]") {
  Harness harness;
  OpenShop(harness);
  StartDeaf(harness);
  REQUIRE(Ask(harness, kAppToo, "Ada").value() == 1);
  harness.Turns(3);
  REQUIRE(Reload(harness).Find(1)->phase == RulesPhase::kWaiting);
  CHECK(harness.Propose(kThreeBack, /*force=*/true) == RulesPhase::kWaiting);
  CHECK(Reload(harness).Find(1)->phase == RulesPhase::kReplaced);
  CHECK(Reload(harness).Find(1)->replaced_by == 2);
  CHECK(Reload(harness).Find(1)->by == "Ada");
  CHECK(Reload(harness).outcome().proposal == 2);
  harness.sink().Connect();
  harness.Settle();
  CHECK(Reload(harness).Find(2)->phase == RulesPhase::kTaken);
  CHECK(Reload(harness).ended_total() == 2);
  CHECK(harness.Published() == Lines{"market/1/A 10", "site/1/A 7"});
  CHECK(harness.worker().world().history.records().size() == 2);
  CHECK(harness.worker().world().channel_names == Lines{"site", "market"});
}

TEST_CASE("so does the same text with force, while it is being counted", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose(kThreeBack);
  harness.Turns(1);
  REQUIRE(Reload(harness).outcome().phase == RulesPhase::kCounting);
  harness.Propose(kThreeBack, /*force=*/true);
  harness.Turns(1);
  CHECK(Reload(harness).Find(1)->phase == RulesPhase::kReplaced);
  CHECK(Reload(harness).Find(2)->phase == RulesPhase::kSaving);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 7");
}

TEST_CASE("one that cannot be used takes nobody's place", "[loop]") {
  Harness harness;
  OpenShop(harness);
  StartDeaf(harness);
  harness.Propose(kThreeBack);
  CHECK(harness.Propose("version: 1\nchannels: {site: {rule: []}}\n") == RulesPhase::kRefused);
  CHECK_FALSE(Reload(harness).Find(2)->messages.empty());
  CHECK(Reload(harness).outcome().proposal == 1);
  harness.sink().Connect();
  harness.Settle();
  CHECK(Reload(harness).Find(1)->phase == RulesPhase::kTaken);
  CHECK(harness.Said("site/1/A") == "9 7");
}

TEST_CASE("to propose what is in force takes back what waits", "[loop]") {
  Harness harness;
  OpenShop(harness);
  StartDeaf(harness);
  harness.Propose(kThreeBack);
  CHECK(harness.Propose(kTwoRules) == RulesPhase::kUnchanged);
  harness.sink().Connect();
  harness.Settle();
  CHECK(Reload(harness).Find(1)->phase == RulesPhase::kReplaced);
  CHECK(harness.Said("site/1/A") == "9");
}

TEST_CASE("what is being saved is not taken back any more", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose(kThreeBack, /*force=*/true);
  harness.Turns(1);
  REQUIRE(Reload(harness).outcome().phase == RulesPhase::kSaving);
  CHECK(absl::IsUnavailable(Ask(harness, kAppToo, "Ada").status()));
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 7");
  CHECK(harness.worker().world().channel_names == Lines{"site", "market"});
}

TEST_CASE("the new channels of a set that is being saved are no reason to evaluate anything",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  const World& world = harness.worker().world();
  const PartitionTime since = world.partitions[0]->rules_since;
  const uint64_t evaluations = harness.worker().evaluator().evaluations();
  harness.Propose(kAppToo, /*force=*/true);
  harness.Turns(1);
  REQUIRE(Reload(harness).outcome().phase == RulesPhase::kSaving);
  CHECK(world.channel_names == Lines{"site", "market", "app"});
  CHECK(harness.worker().evaluator().evaluations() == evaluations);
  CHECK(world.partitions[0]->rules_since == since);
}

TEST_CASE("a set that took the place of the file's stands until the file changes again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.rules = kAppToo;
  StartDeaf(harness);
  REQUIRE(Reload(harness).outcome().phase == RulesPhase::kWaiting);
  harness.Propose(kThreeBack);
  harness.sink().Connect();
  harness.Settle();
  REQUIRE(harness.Said("site/1/A") == "9 7");
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 7");
  CHECK(Reload(harness).outcome().phase == RulesPhase::kNone);
}

TEST_CASE("a set that is in the history comes into force, whatever channels come meanwhile",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Restart();
  harness.Settle();
  std::string many = "version: 1\nchannels:\n  site: {}\n  market: {}\n";
  for (int c = 2; c < 64; ++c) absl::StrAppend(&many, "  c", c, ": {}\n");
  harness.Propose(many, /*force=*/true);
  harness.Turns(1);
  REQUIRE(Reload(harness).outcome().phase == RulesPhase::kSaving);
  REQUIRE(harness.worker().world().history.records().size() == 2);
  WriteAs(0, "bazaar/1/A", harness);
  WatchOutputs(harness);
  CHECK(harness.worker().stray_channels().beyond == Lines{"bazaar"});
  harness.Settle();
  CHECK(Reload(harness).outcome().phase == RulesPhase::kTaken);
  CHECK(harness.Said("c63/1/A") == "10");
  CHECK(harness.worker().world().history.records().back().hash ==
        harness.worker().world().rules->set->hash());
}

TEST_CASE("channels that come while a set waits are beside its own, or it is refused unrecorded",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Restart();
  harness.Settle();
  std::string many = "version: 1\nchannels:\n  site: {}\n  market: {}\n";
  for (int c = 2; c < 64; ++c) absl::StrAppend(&many, "  c", c, ": {}\n");
  harness.Propose(many);
  harness.Turns(1);
  REQUIRE(Reload(harness).outcome().phase == RulesPhase::kCounting);
  WriteAs(0, "bazaar/1/A", harness);
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Said("bazaar/1/A") == "77 0");
  CHECK(Reload(harness).outcome().phase == RulesPhase::kRefused);
  CHECK(harness.worker().world().history.records().size() == 1);
}
