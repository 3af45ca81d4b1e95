#include "ctl/explain.h"

#include <sstream>

#include "app/explain.h"
#include "app/running_worker.h"
#include "ctl/amounts.h"
#include "ctl/explain_words.h"
#include "support/catch.h"

using namespace shelf;

namespace {

std::string TextOf(RunningWorker& running, const std::string& channel, const std::string& sku) {
  absl::StatusOr<Explanation> explanation = ExplainKey(running.worker(), {channel, "1", sku});
  REQUIRE(explanation.ok());
  explanation->json["rules"]["file"] = "/etc/shelfd/rules.yaml";
  std::ostringstream out;
  ctl::ShowExplanation(Complete(*std::move(explanation), nullptr, {}), out);
  const std::string text = out.str();
  return text.substr(0, text.find("\nRules "));
}

bool Says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("an explanation reads from the shelf to the record", "[ctl]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  CHECK(TextOf(running, "own-site", "A/1") ==
        R"(own-site may sell 5 pieces of SKU A/1 (Apple, red) in store 1.

What is known
  On hand: 11 pieces. In the list of erp at 2026-11-02 06:00:00Z: 11 pieces; nothing has moved since.
  The store's sales are known through 2026-11-02 06:00:00Z, 0 s of trading ago; documents are missing.

How the number comes about
  11 pieces  on hand
   -1 piece  safety_stock  keeps back 1 piece: rule everywhere, line 6 of rules.yaml
  -5 pieces  limits        at most 5 pieces: rule everywhere, line 6 of rules.yaml
   5 pieces  to sell

What changes it if nothing more is heard
  At 2026-11-02 06:30:00.001Z: 4 pieces, by sync_lag: rule everywhere, line 6 of rules.yaml.

What is published
  5 pieces; since when is not in the journal.
)");
}

TEST_CASE("a key that may not be sold says why, and who stopped it", "[ctl]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  CHECK(Says(TextOf(running, "market", "B"),
             "market may sell 0 of SKU B in store 1: the item is not in the reference data.\n"));
  CHECK(Says(TextOf(running, "market", "B"), "What is published\n  Nothing, ever.\n"));
  running.Take(
      R"({"topic":"reference","key":"stop/S1","value":{"id":"S1","sku":"A/1","expiresAtMs":"1793602800000","by":"Anna","reason":"recall"}})");
  const std::string stopped = TextOf(running, "market", "A/1");
  CHECK(Says(stopped, "in store 1: a stop-sale holds.\n"));
  CHECK(Says(stopped, "\nStop-sale S1 by Anna, until 2026-11-02 07:00:00Z: recall\n"));
  CHECK(Says(stopped, "-11 pieces  eligibility  a stop-sale holds\n"));
  CHECK(Says(stopped, "At 2026-11-02 07:00:00Z: 11 pieces, by eligibility.\n"));
}

TEST_CASE("quantities stand in the item's unit, and steps beside them", "[ctl]") {
  CHECK(ctl::Amount(1000, "H87") == "1 piece");
  CHECK(ctl::Amount(-2000, "H87") == "-2 pieces");
  CHECK(ctl::Amount(2350, "KGM") == "2.35 kg");
  CHECK(ctl::Amount(2000, "XYZ") == "2 XYZ");
  CHECK(ctl::Amount(2000, ctl::Json()) == "2");
  CHECK(ctl::AmountOfSteps(4, 1000, "H87") == "4 pieces");
  CHECK(ctl::AmountOfSteps(23, 100, "KGM") == "2.3 kg (23 steps of 0.1 kg)");
  CHECK(ctl::AmountOfSteps(0, 100, "KGM") == "0 kg");
}

TEST_CASE("what led to a number is named as people know it", "[ctl]") {
  const auto words = [](const char* json) { return ctl::CauseWords(ctl::Json::parse(json)); };
  CHECK(words(R"({"kind":"record","partition":3,"offset":812,"document":{"event_id":"4711",
    "source":"pos","what":"sale","store":"1","event_ms":1793615460000,"quantity_milli":-1000,
    "by":null}})") == "sale 4711 of pos, 2026-11-02 10:31:00Z (record 812 of partition 3)");
  CHECK(words(R"({"kind":"record","partition":3,"offset":812,"document":null,
    "unread":"the log no longer has it"})") ==
        "record 812 of partition 3: the log no longer has it");
  CHECK(words(R"({"kind":"time","partition":3,"offset":9})") == "time alone");
  CHECK(words(R"({"kind":"reference","partition":3,"offset":9,"reference_offset":5,
    "document":{"key":"item/A","removed":false}})") ==
        "reference data item/A (record 5 of reference data)");
}

TEST_CASE("a rule is named with its line, and with its file where that is known", "[ctl]") {
  const ctl::Json rule = {{"id", "fresh"}, {"line", 12}};
  CHECK(ctl::RuleWords(rule, "/etc/shelfd/rules.yaml") == "rule fresh, line 12 of rules.yaml");
  CHECK(ctl::RuleWords(rule, ctl::Json()) == "rule fresh, line 12");
  CHECK(ctl::RuleWords(ctl::Json(), "rules.yaml").empty());
}

TEST_CASE("a stage says what its rule asks for", "[ctl]") {
  const auto words = [](const char* json) {
    return ctl::StageWords(ctl::Json::parse(json), 2'400'000, "H87");
  };
  CHECK(words(R"({"stage":"sync_lag","rule":{"id":"r","line":1},
    "setting":{"over_ms":1800000,"keep_percent":50,"subtract_milli":1000}})") ==
        "the store is 40 min behind; over 30 min 50 % are offered less 1 piece");
  CHECK(words(R"({"stage":"safety_stock","rule":{"id":"r","line":1},
    "setting":{"subtract_milli":2000,"percent":12.5,"days_of_cover":1.5}})") ==
        "keeps back 2 pieces and 12.5 % and what sells in 1.5 days");
  CHECK(words(R"({"stage":"limits","rule":null,"setting":null})") == "no part of a step is sold");
  CHECK(
      words(
          R"({"stage":"steady","rule":{"id":"r","line":1},"setting":{"rise_after_ms":600000}})") ==
      "a rise must hold for 10 min");
}
