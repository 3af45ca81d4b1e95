#include "rules/warnings.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

// The warnings of a channel with these rules, a line each.
std::string Warned(const std::string& rules, const std::string& channel = "") {
  std::vector<RulesMessage> messages;
  const auto loaded =
      RuleSet::Load("version: 1\nchannels:\n  c:\n" + channel + "    rules:\n" + rules, messages);
  REQUIRE(loaded != nullptr);
  std::string texts;
  for (const RulesMessage& message : messages) texts += message.text + "\n";
  return texts;
}

const std::string kKept = "      - {id: all, safety_stock: {subtract: 2}}\n";
const std::string kDays = "      - {id: all, safety_stock: {days_of_cover: 1}}\n";

bool SameRisk(const std::string& texts) {
  return texts.find("price the same risk twice") != std::string::npos;
}

}  // namespace

TEST_CASE("units kept back and a cutoff are the same risk where both hold", "[rules]") {
  CHECK(SameRisk(Warned(kKept + "      - {id: a, when: {item: x}, limits: {cutoff_below: 3}}\n")));
  CHECK(SameRisk(Warned(kKept + "      - {id: a, when: {group: g}, limits: {cutoff_below: 3}}\n")));
  // Crossing scopes: fresh food in the north.
  CHECK(
      SameRisk(Warned("      - {id: f, when: {category: [Food]}, safety_stock: {subtract: 1}}\n"
                      "      - {id: n, when: {region: north}, limits: {cutoff_below: 3}}\n")));
}

TEST_CASE("what never holds for one position is not the same risk twice", "[rules]") {
  CHECK(Warned("      - {id: x, when: {item: x}, safety_stock: {subtract: 1}}\n"
               "      - {id: y, when: {item: y}, limits: {cutoff_below: 3}}\n")
            .empty());
  CHECK(Warned("      - {id: n, when: {region: n}, safety_stock: {subtract: 1}}\n"
               "      - {id: s, when: {region: s}, limits: {cutoff_below: 3}}\n")
            .empty());
  // Where the cutoff holds, another rule keeps nothing back.
  CHECK(Warned(kKept + "      - {id: a, when: {item: x}, safety_stock: {subtract: 0}, limits: "
                       "{cutoff_below: 3}}\n")
            .empty());
}

TEST_CASE("other pairs of stages are no risk priced twice", "[rules]") {
  CHECK(Warned(kKept + "      - {id: a, when: {item: x}, limits: {cap: 3}}\n").empty());
  CHECK(
      Warned("      - {id: a, safety_stock: {percent: 10}, limits: {cutoff_below: 3}}\n").empty());
  CHECK(Warned("      - {id: a, presence: {quiet_limit: 4}, sync_lag: [{over: 30m, keep: 50%}]}\n")
            .empty());
}

TEST_CASE("late sales are priced once, by lag in part or by days of cover", "[rules]") {
  const auto beside = [](const std::string& tiers) {
    return SameRisk(Warned(kDays + "      - {id: a, when: {item: x}, sync_lag: " + tiers + "}\n"));
  };
  CHECK(beside("[{over: 30m, keep: 80%}]"));
  CHECK(beside("[{over: 30m, subtract: 1}]"));
  CHECK_FALSE(beside("[{over: 4h, keep: 0%}]"));
  CHECK_FALSE(beside("[]"));
}

TEST_CASE("rises are held back once, by steady or by the channel's interval", "[rules]") {
  const std::string steady = "      - {id: calm, steady: {rise_after: 10m}}\n";
  CHECK(SameRisk(Warned(steady, "    min_interval: 5m\n")));
  CHECK(Warned(steady, "    min_interval: 0s\n").empty());
  CHECK(Warned("      - {id: calm, when: {item: x}, steady: {rise_after: 10m}}\n",
               "    min_interval: 5m\n")
            .empty());
}

TEST_CASE("a rule is named once for a risk, however many it meets", "[rules]") {
  const auto once = [](const std::string& wide, const std::string& narrow) {
    std::string rules = "      - {id: all, " + wide + "}\n";
    for (int i = 0; i < 20; ++i) {
      const std::string n = std::to_string(i);
      rules += "      - {id: r" + n + ", when: {item: i" + n + "}, " + narrow + "}\n";
    }
    const std::string texts = Warned(rules);
    return SameRisk(texts) && texts.find('\n') == texts.size() - 1;
  };
  CHECK(once("safety_stock: {subtract: 2}", "limits: {cutoff_below: 3}"));
  CHECK(once("limits: {cutoff_below: 3}", "safety_stock: {subtract: 2}"));
}
