#include "app/explain.h"

#include "app/running_worker.h"
#include "state/memory_store.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;
constexpr int64_t kMinuteMs = 60'000;

std::string TickAt(int64_t ms) {
  return R"({"topic":"stock-events","key":"1","value":{"source":"shelfd","tick":{"timeMs":")" +
         std::to_string(ms) + R"("}}})";
}

std::string FromBook(int sequence, const std::string& envelope_and_body) {
  return R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":")" +
         std::to_string(sequence) + R"(","eventTimeMs":"1793599200000",)" + envelope_and_body +
         "}}";
}

// The small world, with what its log says read back by place: line n is record n.
class SmallWorld {
 public:
  explicit SmallWorld(std::string_view rules = kTwoChannels, CheckpointStore* store = nullptr)
      : running_(rules, store), store_(store) {
    TakeSmallWorld(running_);
  }
  World& world() { return running_.worker().world(); }
  RunningWorker& running() { return running_; }

  void Take(const std::string& line) { running_.Take(line); }
  Json Explain(const std::string& channel, const std::string& sku = "A/1",
               const ReadRecord& read = {}) {
    absl::StatusOr<Explanation> explanation = ExplainKey(running_.worker(), {channel, "1", sku});
    REQUIRE(explanation.ok());
    return Complete(*std::move(explanation), store_, read);
  }

 private:
  RunningWorker running_;
  CheckpointStore* const store_;
};

ReadBack Stored(const std::string& line) {
  const absl::StatusOr<PipeRecord> input = ReadPipeLine(line);
  REQUIRE(input.ok());
  return {.has_value = true, .key = input->key, .value = *input->value};
}

}  // namespace

TEST_CASE("an explanation follows the quantity through the stages", "[app]") {
  SmallWorld world;
  const Json explanation = world.Explain("own-site");
  int64_t quantity = explanation.at("base_milli");
  CHECK(quantity == 11'000);
  for (const Json& stage : explanation.at("stages")) {
    CHECK(stage.at("in_milli") == quantity);
    quantity = stage.at("out_milli");
  }
  CHECK(explanation.at("stages").size() == static_cast<size_t>(kStages));
  CHECK(quantity == 5'000);
  CHECK(explanation.at("sellable") == 5);
  const Json& limits = explanation.at("stages").at(static_cast<size_t>(Stage::kLimits));
  CHECK(limits.at("withheld_milli") == 5'000);
  CHECK(limits.at("rule") == Json::parse(R"({"id": "everywhere", "line": 6})"));
  CHECK(limits.at("setting") == Json::parse(R"({"cutoff_below_milli": 0, "cap_milli": 5000})"));
  CHECK(explanation.at("ineligible").is_null());
  CHECK(explanation.at("agrees") == true);
  CHECK(explanation.at("last").at("sellable") == 5);
  CHECK(explanation.at("last").at("waits").is_null());
}

TEST_CASE("an explanation says why a channel may not sell at all", "[app]") {
  SmallWorld world;
  const Json explanation = world.Explain("market", "B");
  CHECK(explanation.at("ineligible") == "unknown_item");
  CHECK(explanation.at("sellable") == 0);
  CHECK(explanation.at("last").at("published") == false);
  CHECK(explanation.at("agrees") == true);
  CHECK(explanation.at("published").is_null());
}

TEST_CASE("what cannot be explained is named", "[app]") {
  SmallWorld world;
  Worker& worker = world.running().worker();
  CHECK(ExplainKey(worker, {"shop", "1", "A/1"}).status().message() ==
        "no channel shop in the rules");
  CHECK(absl::IsNotFound(ExplainKey(worker, {"market", "7", "A/1"}).status()));
  CHECK(absl::IsNotFound(ExplainKey(worker, {"market", "1", "C"}).status()));
}

TEST_CASE("a channel of rules that are taken is explained from the tick on that brings them",
          "[app]") {
  SmallWorld world;
  std::vector<RulesMessage> messages;
  world.world().AdoptRules(std::make_shared<RulesInForce>(
      RuleSet::Load("{version: 1, channels: {app: {}, market: {}, site: {}}}", messages,
                    world.world().channel_names)));
  CHECK(ExplainKey(world.running().worker(), {"app", "1", "A/1"}).status().message() ==
        "no channel app in the rules in force yet; they are on their way");
}

TEST_CASE("an explanation's lag is the store's now, not that of the last evaluation", "[app]") {
  SmallWorld world;
  CHECK(world.Explain("own-site").at("facts").at("lag_ms") == 0);
  for (int64_t s = 5; s <= 20 * 60; s += 5) world.Take(TickAt(kNowMs + s * 1'000));
  const Json explanation = world.Explain("own-site");
  CHECK(explanation.at("facts").at("now_ms") == kNowMs + 20 * kMinuteMs);
  CHECK(explanation.at("facts").at("lag_ms") == 20 * kMinuteMs);
  CHECK(explanation.at("facts").at("lag_ms") == explanation.at("position").at("lag_ms"));
  CHECK(explanation.at("agrees") == true);
}

TEST_CASE("an explanation tells when the number changes by itself, and to what", "[app]") {
  SmallWorld world;
  // Half of 11 is 5.5 and so 5; less 1 it is 4.
  CHECK(world.Explain("own-site").at("until_ms") == kNowMs + 30 * kMinuteMs + 1);
  CHECK(world.Explain("own-site").at("changes") == Json::parse(R"({
    "at_ms": 1793601000001, "sellable": 4, "status": "in_stock", "ineligible": null,
    "stage": "sync_lag", "rule": {"id": "everywhere", "line": 6}})"));
  CHECK(world.Explain("market").at("changes").is_null());
}

TEST_CASE("an explanation shows what has moved since the anchor, youngest first", "[app]") {
  SmallWorld world;
  world.Take(FromBook(
      5,
      R"("eventId":"4711","deltas":{"reason":"REASON_SALE","lines":[{"sku":"A/1","quantityMilli":"-2000"}]})"));
  world.Take(FromBook(
      7, R"("deltas":{"reason":"REASON_RETURN","lines":[{"sku":"A/1","quantityMilli":"1000"}]})"));
  const Json evidence = world.Explain("market").at("position").at("evidence");
  CHECK(evidence.at("anchor_milli") == 11'000);
  CHECK(evidence.at("since_milli") == -1'000);
  REQUIRE(evidence.at("movements").size() == 2);
  CHECK(evidence.at("movements").at(0).at("reason") == "return");
  CHECK(evidence.at("movements").at(1) == Json::parse(R"({
    "time_ms": 1793599200000, "quantity_milli": -2000, "reason": "sale", "source": "erp"})"));
}

TEST_CASE("a stop-sale is explained by who, why and until when", "[app]") {
  SmallWorld world;
  world.Take(
      R"({"topic":"reference","key":"stop/S1","value":{"id":"S1","sku":"A/1","expiresAtMs":"1793602800000","by":"Anna","reason":"recall"}})");
  const Json explanation = world.Explain("market");
  CHECK(explanation.at("ineligible") == "stopped");
  CHECK(explanation.at("stops") == Json::parse(R"([{
    "id": "S1", "by": "Anna", "reason": "recall", "expires_ms": 1793602800000, "sku": "A/1",
    "store": null, "channel": null}])"));
  CHECK(explanation.at("changes").at("at_ms") == 1'793'602'800'000);
  CHECK(explanation.at("changes").at("sellable") == 11);
  world.Take(TickAt(1'793'602'800'000));
  CHECK(world.Explain("market").at("stops").empty());
}

TEST_CASE("the journal names the document that a number comes from", "[app]") {
  MemoryStore store;
  SmallWorld world(kTwoChannels, &store);
  const std::string sale = FromBook(
      5,
      R"("eventId":"4711","deltas":{"reason":"REASON_SALE","lines":[{"sku":"A/1","quantityMilli":"-2000"}]})");
  world.Take(sale);
  world.running().Turn();
  RecordPlace asked;
  const Json published = world
                             .Explain("market", "A/1",
                                      [&](const RecordPlace& place) {
                                        asked = place;
                                        return std::optional<ReadBack>(Stored(sale));
                                      })
                             .at("published");
  CHECK(asked.offset == 9);
  CHECK_FALSE(asked.reference);
  CHECK(published.at("sellable") == 9);
  CHECK(published.at("since_ms") == kNowMs);
  CHECK(published.at("cause").at("kind") == "record");
  CHECK(published.at("cause").at("document") == Json::parse(R"({
    "event_id": "4711", "source": "erp", "what": "sale", "store": "1",
    "event_ms": 1793599200000, "quantity_milli": -2000, "by": null})"));
  // own-site offered 5 before and does after: its number is older than the sale.
  CHECK(world.Explain("own-site").at("published").at("cause").at("offset") == 6);
}

TEST_CASE("a number of time alone has no document, and a cut log says so", "[app]") {
  MemoryStore store;
  SmallWorld world(kTwoChannels, &store);
  for (int64_t ms = kNowMs; ms <= kNowMs + 31 * kMinuteMs; ms += 5'000) world.Take(TickAt(ms));
  world.running().Turn();
  const Json own = world.Explain("own-site").at("published");
  CHECK(own.at("sellable") == 4);
  CHECK(own.at("since_ms") == kNowMs + 30 * kMinuteMs + 5'000);
  CHECK(own.at("cause").at("kind") == "time");
  CHECK_FALSE(own.at("cause").contains("document"));
  world.Take(R"({"topic":"reference","key":"stop/S1","value":{"id":"S1","sku":"A/1"}})");
  world.running().Turn();
  const Json market = world
                          .Explain("market", "A/1",
                                   [](const RecordPlace& place) {
                                     CHECK(place.reference);
                                     return std::optional<ReadBack>();
                                   })
                          .at("published");
  CHECK(market.at("sellable") == 0);
  CHECK(market.at("cause").at("kind") == "reference");
  CHECK(market.at("cause").at("document").is_null());
  CHECK(market.at("cause").at("unread") == "the log no longer has it");
}
