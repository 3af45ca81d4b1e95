// Channels whose numbers stand in the output and that nobody knows any more: their rules were
// applied by hand, and then lost with the disk.
#include <string>

#include "absl/strings/str_cat.h"
#include "loop/foreign_writer.h"
#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// kTwoRules and another channel.
constexpr char kAppToo[] = R"(
version: 1
channels:
  app: {}
  site:
    rules:
      - {id: all, safety_stock: {subtract: 1}}
  market: {}
)";

// c0, c1, …
std::string Channels(int count) {
  std::string yaml = "version: 1\nchannels:\n";
  for (int c = 0; c < count; ++c) absl::StrAppend(&yaml, "  c", c, ": {}\n");
  return yaml;
}

// The shop sells by rules that are in no file.
void SellByApp(Harness& harness) {
  OpenShop(harness);
  harness.Propose(kAppToo);
  harness.Settle();
  REQUIRE(harness.Said("app/1/A") == "10");
}

}  // namespace

TEST_CASE("numbers of a channel whose rules were lost with the disk go to zero", "[loop]") {
  Harness harness;
  SellByApp(harness);
  harness.LoseDisk();
  REQUIRE(harness.Start().ok());
  CHECK(harness.worker().stray_channels().retired == Lines{"app"});
  CHECK(harness.worker().stray_channels().beyond.empty());
  harness.Settle();
  CHECK(harness.Said("app/1/A") == "10 0");
  World& world = harness.worker().world();
  CHECK(world.channel_names == Lines{"site", "market", "app"});
  const PositionId id = world.FindPosition("1", "A");
  CHECK(harness.worker().evaluator().Decide(id, world.ChannelNamed("app")).ineligible ==
        Ineligible::kChannelRemoved);
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Published() == Lines{"app/1/A 0", "market/1/A 9", "site/1/A 8"});
  CHECK(FaultsOf(harness) == Lines{});

  // Its zeros are in the log, so it needs no place any more.
  harness.Restart();
  CHECK(harness.worker().world().channel_names == Lines{"site", "market"});
  harness.Settle();
  CHECK(harness.Said("app/1/A") == "10 0");
}

TEST_CASE("so do those of one that was added after the backup that was restored", "[loop]") {
  Harness harness;
  OpenShop(harness);
  REQUIRE(harness.store().CopyTo("backup").ok());
  harness.Propose(kAppToo);
  harness.Settle();
  REQUIRE(harness.Said("app/1/A") == "10");
  harness.RestoreBackup("backup");
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("app/1/A") == "10 0");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a crash at any moment of it ends with every key right", "[loop]") {
  for (int crash_after = 0; crash_after < 8; ++crash_after) {
    INFO("crash after turn " << crash_after);
    Harness harness;
    SellByApp(harness);
    harness.LoseDisk();
    REQUIRE(harness.Start().ok());
    if (crash_after % 2 == 1) harness.sink().cork();  // what it says may be in the log, or not
    harness.Turns(crash_after);
    harness.Restart();
    harness.Settle();
    CHECK(harness.Newest().at("app/1/A").sellable() == 0);
    CHECK(FaultsOf(harness) == Lines{});
  }
}

TEST_CASE("the lost rules, applied again, bring the channel's numbers back", "[loop]") {
  Harness harness;
  SellByApp(harness);
  harness.LoseDisk();
  REQUIRE(harness.Start().ok());
  harness.Settle();
  harness.Propose(kAppToo);
  harness.Settle();
  CHECK(harness.Said("app/1/A") == "10 0 10");
  CHECK(harness.worker().world().channel_names == Lines{"site", "market", "app"});
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("keys of a channel without a place are kept until a start that has one", "[loop]") {
  Harness harness(Channels(64));
  PutReference(harness);
  WriteAs(0, "app/1/A", harness);
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
  CHECK(harness.Said("app/1/A") == "77");
  CHECK(harness.worker().stray_channels().retired.empty());
  CHECK(harness.worker().stray_channels().beyond == Lines{"app"});
  CHECK(harness.worker().stray_channels().keys_beyond == 1);
  harness.Restart();
  harness.Settle();
  CHECK(harness.worker().stray_channels().beyond == Lines{"app"});

  harness.rules = Channels(63);
  harness.ReloadFile();
  harness.Settle();
  CHECK(harness.Said("c63/1/A") == "10 0");
  CHECK(harness.Said("app/1/A") == "77");
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("app/1/A") == "77 0");
  CHECK(harness.worker().stray_channels().retired == Lines{"app"});
  CHECK(harness.worker().stray_channels().keys_beyond == 0);
}
