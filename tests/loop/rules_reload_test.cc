// Other rules while the worker runs: whole or not at all, in force from a tick on, and every key
// right in the end.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "loop/rules_at_start.h"
#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// kTwoRules with three units kept back instead of one.
constexpr char kThreeBack[] = R"(
version: 1
channels:
  site:
    rules:
      - {id: all, sync_lag: [{over: 30m, keep: 0%}], safety_stock: {subtract: 3}}
  market: {}
)";
constexpr char kSiteAlone[] = R"(
version: 1
channels:
  site:
    rules:
      - {id: all, safety_stock: {subtract: 1}}
)";
constexpr char kAppToo[] = R"(
version: 1
channels:
  app: {}
  site:
    rules:
      - {id: all, safety_stock: {subtract: 1}}
  market: {}
)";

const RulesOutcome& Outcome(Harness& harness) { return harness.worker().rules_reload().outcome(); }

// By partition the hash's first byte in force.
std::string HashInForce(Harness& harness, int32_t partition) {
  return harness.worker().world().FindPartition(partition)->rules->set->hash();
}

// What was said in order, "0 site/1/A 9 at 5000" by partition, times since the start.
Lines SaidInOrder(const MemoryLog& log) {
  Lines lines;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : log.Records("availability", p)) {
      v1::Availability parsed;
      REQUIRE(parsed.ParseFromString(record.value));
      lines.push_back(absl::StrCat(p, " ", record.key, " ", parsed.sellable(), " at ",
                                   parsed.published_at_ms() - kStartMs));
    }
  }
  return lines;
}

// Reads the harness's log from its beginning with another worker, which knows of `rules` only that
// ticks may name them; what it says.
Lines ReplayOf(Harness& harness, const Lines& rules) {
  MemoryLog output;
  output.CreateTopic("availability", kPartitions);
  for (const char* topic : {"locations", "requests", "rejects"}) {
    output.CreateTopic(topic, kPartitions);
  }
  MemorySink sink(&output, {{Topic::kAvailability, "availability"},
                            {Topic::kLocations, "locations"},
                            {Topic::kRequests, "requests"},
                            {Topic::kRejects, "rejects"}});
  std::vector<PartitionOffset> from;
  for (int32_t p = 0; p < kPartitions; ++p) from.push_back({p, 0});
  MemorySource events(&harness.log(), "stock-events", from);
  MemorySource reference(&harness.log(), "reference", std::vector<PartitionOffset>{{0, 0}});
  WorkerOptions options = harness.options;
  options.writes_ticks = false;
  RulesAtStart chosen;
  REQUIRE(ChooseRules(nullptr, rules[0], chosen).ok());
  Worker worker(options, std::move(chosen.set), std::vector<OutputRoute>(2), nullptr);
  REQUIRE(worker.Restore().ok());
  StartFacts facts;
  facts.any_tick_is_ours = true;
  worker.Begin(facts, {0, 1, 2, 3}, events, &reference, sink);
  for (size_t i = 1; i < rules.size(); ++i) {
    std::vector<RulesMessage> messages;
    worker.KnowRules(RuleSet::Load(rules[i], messages, worker.world().channel_names));
  }
  REQUIRE(worker.ReadReferenceThrough(harness.log().HighWatermark("reference", 0) - 1, 3).ok());
  const int64_t turns = harness.RecordsIn("stock-events") + 10;
  for (int64_t turn = 0; turn < turns; ++turn) REQUIRE(worker.RunOnce(0, 0).ok());
  return SaidInOrder(output);
}

// Many items, so that the brake looks.
void OpenLargeShop(Harness& harness, int items) {
  harness.PutStore("1");
  SkuUnits lines;
  for (int i = 0; i < items; ++i) {
    const std::string sku = absl::StrCat("S", i);
    harness.PutItem(sku);
    lines.emplace_back(sku, 2 + i % 2 * 10);
  }
  REQUIRE(harness.Start().ok());
  harness.List("1", lines);
  harness.Settle();
}

}  // namespace

TEST_CASE("a reload moves the numbers, from the tick on that carries it", "[loop]") {
  Harness harness;
  OpenShop(harness);
  const int32_t partition = PartitionOf("1", kPartitions);
  const std::string before = HashInForce(harness, partition);
  CHECK(harness.Propose(kThreeBack) == RulesPhase::kWaiting);
  // Not taken before its text is on disk; no tick carries it before that.
  CHECK(HashInForce(harness, partition) == before);
  harness.Turns(1);
  CHECK(HashInForce(harness, partition) == before);
  CHECK(harness.Said("site/1/A") == "9");
  harness.Settle();
  CHECK(Outcome(harness).phase == RulesPhase::kTaken);
  CHECK(HashInForce(harness, partition) == harness.worker().world().rules->set->hash());
  CHECK(harness.Said("site/1/A") == "9 7");
  CHECK(harness.Said("market/1/A") == "10");
  const Partition& now = *harness.worker().world().FindPartition(partition);
  CHECK(now.rules_since.ms > kStartMs);
  const RulesHistory& history = harness.worker().world().history;
  REQUIRE(history.records().size() == 2);
  CHECK(history.records().back().by == "test");
  CHECK(history.records().back().source == "given");
  CHECK(history.records().back().in_force.ms > history.records().front().in_force.ms);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("an event between the proposal and its tick is decided by the old rules", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose(kThreeBack);
  harness.Sell("1", "A", 1);
  harness.Turns(1);
  CHECK(harness.Said("site/1/A") == "9 8");
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 8 6");
}

TEST_CASE("rules that cannot be used are refused with all that is wrong, and nothing changes",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  const World& world = harness.worker().world();
  const std::string before = world.rules->set->hash();
  const int64_t said = harness.RecordsIn("availability");
  int refused = 0;
  const auto folder = std::filesystem::path(__FILE__).parent_path().parent_path() / "rules/bad";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    INFO(entry.path());
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    CHECK(harness.Propose(text.str(), /*force=*/true) == RulesPhase::kRefused);
    CHECK_FALSE(Outcome(harness).messages.empty());
    CHECK(Outcome(harness).hash.empty());
    ++refused;
  }
  CHECK(refused >= 30);
  harness.Settle();
  CHECK(world.rules->set->hash() == before);
  CHECK(world.history.records().size() == 1);
  CHECK(world.channel_names == Lines{"site", "market"});
  CHECK(harness.RecordsIn("availability") == said);
}

TEST_CASE("what is in force already is taken for no change", "[loop]") {
  Harness harness;
  OpenShop(harness);
  CHECK(harness.Propose(kTwoRules) == RulesPhase::kUnchanged);
  harness.Settle();
  CHECK(harness.worker().world().history.records().size() == 1);
}

TEST_CASE("a removed channel's keys get zeros, and a new channel's its first numbers", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose(kSiteAlone);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0");
  CHECK(harness.Said("site/1/A") == "9");
  harness.Propose(kAppToo);
  harness.Settle();
  CHECK(harness.Said("app/1/A") == "10");
  CHECK(harness.Said("market/1/A") == "10 0 10");
  CHECK(harness.worker().world().channel_names == Lines{"site", "market", "app"});
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a renamed channel is one that goes and one that comes", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose("version: 1\nchannels: {site: {}, bazaar: {}}\n");
  harness.Settle();
  CHECK(harness.Published() == Lines{"bazaar/1/A 10", "market/1/A 0", "site/1/A 10"});
}

TEST_CASE("a position that comes later is not offered to a removed channel", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose(kSiteAlone);
  harness.Settle();
  harness.List("1", {{"A", 5}, {"B", 4}});
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0");
  CHECK(harness.Said("market/1/B").empty());
  CHECK(harness.Said("site/1/B") == "3");
}

TEST_CASE("a removed channel leaves the table at a later start, when its zeros are in the log",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.rules = kSiteAlone;
  harness.ReloadFile();
  while (Outcome(harness).phase != RulesPhase::kTaken) harness.Turns(1);
  harness.sink().cork();
  harness.Turns(3);
  CHECK(harness.Said("market/1/A") == "10 0");
  harness.Restart();  // nobody knows that the zero has arrived
  CHECK(harness.worker().world().channel_names == Lines{"site", "market"});
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0 0");
  harness.Restart();
  CHECK(harness.worker().world().channel_names == Lines{"site"});
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 0", "site/1/A 8"});
  CHECK(FaultsOf(harness) == Lines{});
  harness.rules = kTwoRules;
  harness.Restart();
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 9", "site/1/A 8"});
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a file that changed while the daemon was down comes into force as by a reload",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  harness.rules = kSiteAlone;
  REQUIRE(harness.Start().ok());
  // First what was in force.
  CHECK(harness.worker().world().rules->set->channels().size() == 2);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a set that is in no file stands over restarts until the file changes", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Propose(kThreeBack);
  harness.Settle();
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 7");
  harness.rules = kAppToo;
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 7 9");
}

TEST_CASE("a bad file at the start leaves in force what was", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.rules = "version: 1\nchannels: {site: {rule: []}}\n";
  harness.Restart();
  CHECK(Outcome(harness).phase == RulesPhase::kRefused);
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 8");
}

TEST_CASE("without a checkpoint a bad file is no start", "[loop]") {
  Harness harness("version: 1\nchannels: {site: {rule: []}}\n");
  CHECK(absl::IsInvalidArgument(harness.Start()));
}

TEST_CASE("a reload that comes while catching up waits until it is done", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  harness.Sell("1", "A", 1);
  REQUIRE(harness.Start().ok());
  harness.Propose(kThreeBack);
  harness.sink().Disconnect();  // our tick does not come back
  harness.Turns(5);
  CHECK(Outcome(harness).phase == RulesPhase::kWaiting);
  harness.sink().Connect();
  harness.Settle();
  CHECK(Outcome(harness).phase == RulesPhase::kTaken);
  CHECK(harness.Published() == Lines{"market/1/A 9", "site/1/A 6"});
}

TEST_CASE("rules that would set too much to zero are held back, and say what", "[loop]") {
  Harness harness;
  OpenLargeShop(harness, 100);
  const int64_t said = harness.RecordsIn("availability");
  harness.Propose(kThreeBack);
  harness.Settle();
  // Of 100 items half have 2 and half 12: with one back they sell 1 and 11, with three 0 and 9.
  REQUIRE(Outcome(harness).phase == RulesPhase::kBraked);
  REQUIRE(Outcome(harness).zeroed.size() == 1);
  CHECK(Outcome(harness).zeroed[0].channel == "site");
  CHECK(Outcome(harness).zeroed[0].to_zero == 50);
  CHECK(Outcome(harness).zeroed[0].sellable == 100);
  const std::string words = BrakeWords(Outcome(harness), 0.3);
  CHECK_THAT(words, Catch::Contains("50 of 200 keys"));
  CHECK_THAT(words, Catch::Contains("50 of 100 of channel site"));
  CHECK_THAT(words, Catch::Contains("--force"));
  CHECK(harness.RecordsIn("availability") == said);
  CHECK(harness.worker().world().history.records().size() == 1);

  harness.Propose(kThreeBack, /*force=*/true);
  harness.Settle();
  CHECK(Outcome(harness).phase == RulesPhase::kTaken);
  CHECK(harness.Newest().at("site/1/S0").sellable() == 0);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a channel that goes counts as set to zero", "[loop]") {
  Harness harness;
  OpenLargeShop(harness, 100);
  harness.options.rules_zero_share_max = 0.6;  // half of all keys, but all of the channel's
  harness.Restart();
  harness.Settle();
  harness.Propose(kSiteAlone);
  harness.Settle();
  REQUIRE(Outcome(harness).phase == RulesPhase::kBraked);
  CHECK(Outcome(harness).zeroed[0].channel == "market");
  CHECK(Outcome(harness).zeroed[0].to_zero == 100);
}

TEST_CASE("twenty keys may go to zero freely", "[loop]") {
  Harness harness;
  OpenLargeShop(harness, 40);
  harness.Propose(kThreeBack);
  harness.Settle();
  CHECK(Outcome(harness).phase == RulesPhase::kTaken);
}

TEST_CASE("a tick of a predecessor that woke up does not take the rules back", "[loop]") {
  Harness harness;
  OpenShop(harness);
  const std::string old_hash = HashInForce(harness, 0);
  harness.Restart();
  harness.Settle();
  harness.Propose(kThreeBack);
  harness.Settle();
  v1::StockEvent tick;
  tick.set_source("shelfd");
  tick.set_epoch(harness.worker().incarnation());  // the predecessor's is one less
  tick.mutable_tick()->set_time_ms(harness.now_ms());
  tick.mutable_tick()->set_rule_set(old_hash);
  tick.mutable_tick()->set_reference_offset(100);
  harness.log().Append("stock-events", PartitionOf("1", kPartitions), "", tick.SerializeAsString());
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 7 6");
}

TEST_CASE("our own tick brings rules into force whatever epochs stand in the log", "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StockEvent tick;
  tick.set_source("shelfd");
  tick.set_epoch(harness.worker().incarnation() + 1000);  // of a life whose starts' topic is gone
  tick.mutable_tick()->set_time_ms(harness.now_ms());
  tick.mutable_tick()->set_rule_set(HashInForce(harness, 0));
  tick.mutable_tick()->set_reference_offset(100);
  harness.Stop();
  harness.log().Append("stock-events", PartitionOf("1", kPartitions), "", tick.SerializeAsString());
  REQUIRE(harness.Start().ok());
  harness.Settle();
  harness.Propose(kThreeBack);
  harness.Turns(30);
  CHECK(harness.Said("site/1/A") == "9 7");
}

TEST_CASE(
    "whatever our ticks name is in the checkpoint: crashes during reloads end with every key right",
    "[loop]") {
  for (int crash_after = 0; crash_after < 14; ++crash_after) {
    INFO("crash after turn " << crash_after);
    Harness harness;
    harness.options.sweep_positions_per_tick = 2;
    PutReference(harness);
    REQUIRE(harness.Start().ok());
    for (int turn = 0; turn < 20; ++turn) {
      LiveThrough(turn, harness);
      if (turn == 4) harness.Propose(kAppToo);
      if (turn == 9 && !harness.worker().rules_reload().under_way()) harness.Propose(kSiteAlone);
      harness.Turns(1);
      if (turn == crash_after + 4) harness.Restart();
    }
    harness.Settle();
    CHECK(FaultsOf(harness) == Lines{});
  }
}

TEST_CASE("two sets in quick succession end with the second", "[loop]") {
  Harness harness;
  harness.options.sweep_positions_per_tick = 1;
  OpenShop(harness);
  harness.List("1", {{"A", 10}, {"B", 20}, {"C", 30}});
  harness.Settle();
  harness.Propose(kThreeBack);
  while (Outcome(harness).phase != RulesPhase::kTaken) harness.Turns(1);
  harness.Propose(kAppToo);
  harness.Settle();
  CHECK(Outcome(harness).phase == RulesPhase::kTaken);
  CHECK(harness.worker().world().history.records().size() == 3);
  CHECK(harness.Newest().at("site/1/B").sellable() == 19);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a replay that knows the sets switches at the same ticks and says the same", "[loop]") {
  Harness harness;
  // What a record changes is said and acknowledged before the next, here and there.
  harness.options.batch_records_max = 1;
  harness.options.sweep_positions_per_tick = 2;
  PutReference(harness);
  REQUIRE(harness.Start().ok());
  for (int turn = 0; turn < 2 * kDayTurns; ++turn) {
    LiveThrough(turn, harness);
    if (turn == 9) harness.Propose(kAppToo);
    if (turn == 19) harness.Propose(kThreeBack);
    if (turn == 29) harness.Propose(kTwoRules);  // the first one again, with a channel more
    harness.Turns(10, /*step_ms=*/100);
  }
  harness.Settle();
  REQUIRE(harness.worker().world().history.records().size() == 4);
  const Lines said = SaidInOrder(harness.log());
  CHECK(Difference(said, ReplayOf(harness, {kTwoRules, kAppToo, kThreeBack})) == Lines{});
  // One that does not know them decides by what it was loaded with.
  CHECK(Difference(said, ReplayOf(harness, {kTwoRules})) != Lines{});
}

TEST_CASE("partitions go by two sets while the tick of one is on its way", "[loop]") {
  Harness harness;
  PutReference(harness);
  REQUIRE(harness.Start().ok());
  for (const char* store : {"1", "2", "3"}) harness.List(store, {{"A", 10}});
  harness.Settle();
  REQUIRE(PartitionOf("1", kPartitions) != PartitionOf("2", kPartitions));
  harness.options.batch_records_max = 1;
  harness.Restart();
  harness.Settle();
  harness.Propose(kThreeBack);
  bool differed = false;
  for (int turn = 0; turn < 200 && !differed; ++turn) {
    harness.Turns(1, /*step_ms=*/100);
    for (int32_t p = 1; p < kPartitions; ++p) {
      differed = differed || HashInForce(harness, p) != HashInForce(harness, 0);
    }
  }
  CHECK(differed);
  harness.Sell("1", "A", 1);
  harness.Sell("2", "A", 1);
  harness.Settle();
  CHECK(FaultsOf(harness) == Lines{});
}
