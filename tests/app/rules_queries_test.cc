#include "app/rules_queries.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kOneBack[] = "version: 1\nchannels: {own-site: {}, market: {}}\n";

// A worker over memory, whose ticks are the test's.
class Shop {
 public:
  Shop() { TakeSmallWorld(running_); }

  Worker& worker() { return running_.worker(); }
  World& world() { return worker().world(); }

  AskWorker ask() {
    return [this](const std::function<absl::Status(Worker&)>& question) {
      running_.Turn();
      return question(running_.worker());
    };
  }
  Json Propose(const std::string& text, bool force = false) {
    const auto answer = ProposeRules(
        {.text = text, .source = "new.yaml", .by = "Ada", .force = force, .from_file = false},
        /*wait_ms=*/50, ask());
    REQUIRE(answer.ok());
    return *answer;
  }
  // A tick that carries the newest set.
  void Tick() {
    running_.Take(absl::StrCat(
        R"({"topic":"stock-events","key":"","value":{"source":"shelfd","tick":{"timeMs":"1793599201000","ruleSet":")",
        absl::Base64Escape(world().rules->set->hash()), R"("}}})"));
  }

 private:
  RunningWorker running_{kTwoChannels, nullptr};
};

}  // namespace

TEST_CASE("what is in force is told by partition, with who brought it and from where", "[app]") {
  Shop shop;
  const Json before = ShowRules(shop.worker());
  CHECK(before.at("newest").at("by") == "start");
  CHECK(before.at("newest").at("in_force") == 1);
  CHECK(before.at("proposal").at("phase") == "none");
  const Json taken = shop.Propose(kOneBack);
  CHECK(taken.at("phase") == "taken");
  CHECK(taken.at("in_force") == 0);
  CHECK(taken.at("partitions") == 1);
  shop.Tick();
  const Json after = ShowRules(shop.worker());
  CHECK(after.at("newest").at("by") == "Ada");
  CHECK(after.at("newest").at("source") == "new.yaml");
  CHECK(after.at("newest").at("in_force") == 1);
  CHECK(after.at("newest").at("in_force_ms") == 1793599201000);
  REQUIRE(after.at("partitions").size() == 1);
  CHECK(after.at("partitions")[0].at("since_ms") == 1793599201000);
  CHECK(after.at("partitions")[0].at("rule_set") == after.at("newest").at("rule_set"));
  CHECK(after.at("partitions")[0].at("sweep_stores") == 0);
}

TEST_CASE("rules that cannot be used are answered with every message and its place", "[app]") {
  Shop shop;
  const Json refused = shop.Propose("version: 1\nchannels: {a: {rule: []}, b: {limited: 1}}\n");
  CHECK(refused.at("phase") == "refused");
  CHECK(refused.at("rule_set").is_null());
  REQUIRE(refused.at("messages").size() >= 2);
  CHECK(refused.at("messages")[0].at("line") == 2);
  CHECK(RulesHistoryJson(shop.world()).size() == 1);
}

TEST_CASE("who proposed rules that were replaced before they were taken is told by which",
          "[app]") {
  Shop shop;
  RulesProposal first{.text = kOneBack, .source = "a.yaml", .by = "Ada"};
  REQUIRE(shop.worker().ProposeRules(std::move(first)).value() == 1);
  const Json taken = shop.Propose("version: 1\nchannels: {market: {}}\n", /*force=*/true);
  CHECK(taken.at("phase") == "taken");
  const Json ended = ShowRules(shop.worker()).at("ended");
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].at("proposal") == 2);
  CHECK(ended[1].at("proposal") == 1);
  CHECK(ended[1].at("phase") == "replaced");
  CHECK(ended[1].at("words") ==
        "a later proposal, of Ada from new.yaml, took its place before it was taken; nothing has "
        "changed by this one");
}

TEST_CASE("the history is told the newest first, with its texts by hash", "[app]") {
  Shop shop;
  shop.Propose(kOneBack);
  const Json history = RulesHistoryJson(shop.world());
  REQUIRE(history.size() == 2);
  CHECK(history[0].at("source") == "new.yaml");
  CHECK(history[0].at("in_force") == 0);
  CHECK(history[1].at("in_force") == 1);
  const std::string hash = history[1].at("rule_set");
  CHECK(RulesText(shop.world(), hash)->at("text") == kTwoChannels);
  CHECK(RulesText(shop.world(), hash.substr(0, 6))->at("text") == kTwoChannels);
  CHECK(RulesText(shop.world(), "newest")->at("text") == kOneBack);
  CHECK(absl::IsInvalidArgument(RulesText(shop.world(), hash.substr(0, 3)).status()));
  CHECK(absl::IsNotFound(RulesText(shop.world(), "0000000000").status()));
}

TEST_CASE("the same text again is one more record, and the newest of them is in force", "[app]") {
  Shop shop;
  shop.Propose(kOneBack);
  shop.Tick();
  shop.Propose(kTwoChannels);
  shop.Tick();
  const Json history = RulesHistoryJson(shop.world());
  REQUIRE(history.size() == 3);
  CHECK(history[0].at("rule_set") == history[2].at("rule_set"));
  CHECK(history[0].at("in_force") == 1);
  CHECK(history[1].at("in_force") == 0);
  CHECK(history[2].at("in_force") == 0);
}
