// Channels that were removed: what is still said of them, and when they leave the table.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "loop/foreign_writer.h"
#include "loop/shop_day.h"
#include "state/rows.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kSiteAlone[] = R"(
version: 1
channels:
  site:
    rules:
      - {id: all, safety_stock: {subtract: 1}}
)";

// Every LocationState of a key, in order.
std::vector<v1::LocationState> StatesOf(const std::string& key, Harness& harness) {
  std::vector<v1::LocationState> states;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : harness.log().Records("locations", p)) {
      if (record.key == key) REQUIRE(states.emplace_back().ParseFromString(record.value));
    }
  }
  return states;
}

int EndedStates(const std::string& key, Harness& harness) {
  int ended = 0;
  for (const v1::LocationState& state : StatesOf(key, harness)) ended += state.ended() ? 1 : 0;
  return ended;
}

// PREFIX0, PREFIX1, …
std::string Channels(const std::string& prefix, int count) {
  std::string yaml;
  for (int c = 0; c < count; ++c) absl::StrAppend(&yaml, "  ", prefix, c, ": {}\n");
  return yaml;
}

// As a version left it that kept no rules.
void ForgetRules(MemoryStore& store) {
  CheckpointBatch batch;
  REQUIRE(store
              .Scan(Prefix(RowKind::kRules),
                    [&](std::string_view key, std::string_view) {
                      batch.Delete(key);
                      return absl::OkStatus();
                    })
              .ok());
  batch.Delete(TextKey(RowKind::kMeta, "rules"));
  REQUIRE(store.Write(batch).ok());
}

}  // namespace

TEST_CASE("a removed channel's locations are ended, once, and begin again when it comes back",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  REQUIRE_FALSE(StatesOf("market/1", harness).back().ended());
  harness.Propose(kSiteAlone);
  harness.Settle();
  const size_t said = StatesOf("market/1", harness).size();
  const v1::LocationState last = StatesOf("market/1", harness).back();
  CHECK(last.ended());
  CHECK(last.services().empty());
  CHECK(last.channel() == "market");
  CHECK(last.location() == "1");
  harness.Turns(90);
  CHECK(StatesOf("market/1", harness).size() == said);
  CHECK(EndedStates("market/2", harness) == 1);  // a store without a position has one too
  CHECK(EndedStates("site/1", harness) == 0);

  harness.Propose(kTwoRules);
  harness.Settle();
  CHECK_FALSE(StatesOf("market/1", harness).back().ended());
  CHECK(StatesOf("market/1", harness).back().version() > last.version());
  harness.Propose(kSiteAlone);
  harness.Settle();
  CHECK(EndedStates("market/1", harness) == 2);
}

TEST_CASE("a removed channel keeps its place until its locations' ends are known to be in the log",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().Disconnect(Topic::kLocations);
  harness.rules = kSiteAlone;
  harness.ReloadFile();
  harness.Settle();
  REQUIRE(harness.Said("market/1/A") == "10 0");
  REQUIRE(EndedStates("market/1", harness) == 0);
  harness.Restart();
  CHECK(harness.worker().world().channel_names == Lines{"site", "market"});
  harness.Settle();
  CHECK(EndedStates("market/1", harness) == 1);
  harness.Restart();
  CHECK(harness.worker().world().channel_names == Lines{"site"});
}

TEST_CASE("an end that the broker did not take is said again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose(kSiteAlone);
  harness.sink().Disconnect(Topic::kLocations);
  harness.Settle();
  harness.sink().LoseProducer();
  harness.sink().Connect();
  harness.Turns(3);
  CHECK(StatesOf("market/1", harness).back().ended());
}

TEST_CASE("the locations of a channel whose rules were lost with the disk are ended", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.LoseDisk();
  harness.rules = kSiteAlone;
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0");
  CHECK(StatesOf("market/1", harness).back().ended());
}

TEST_CASE("those of a channel that somebody else says, in partitions that have no key of it too",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Restart();
  harness.Settle();
  REQUIRE(PartitionOf("1", kPartitions) != PartitionOf("2", kPartitions));
  WriteAs(0, "bazaar/1/A", harness);
  WatchOutputs(harness);
  harness.Settle();
  CHECK(EndedStates("bazaar/1", harness) == 1);
  CHECK(EndedStates("bazaar/2", harness) == 1);
}

TEST_CASE("where a state of before rules were kept has too many channels, those at zero give way",
          "[loop]") {
  Harness harness("version: 1\nchannels:\n" + Channels("old", 60));
  PutReference(harness);
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
  harness.rules = "version: 1\nchannels:\n" + Channels("old", 2);
  harness.Propose(harness.rules, /*force=*/true);
  harness.Settle();
  REQUIRE(harness.worker().world().channel_names.size() == 60);
  harness.Stop();
  ForgetRules(harness.store());

  harness.rules += Channels("new", 10);
  REQUIRE(harness.Start().ok());
  CHECK(harness.worker().world().channel_names.size() == 12);
  harness.Settle();
  CHECK(harness.Said("old1/1/A") == "10");
  CHECK(harness.Said("old2/1/A") == "10 0");
  CHECK(harness.Said("new9/1/A") == "10");
  CHECK(FaultsOf(harness) == Lines{});
}
