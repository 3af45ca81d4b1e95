#include "rules/overlap.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

Rule Capped(const std::string& id) {
  Rule rule;
  rule.id = id;
  rule.limits = LimitsRule{};
  return rule;
}

Rule OfItems(const std::string& id, std::vector<std::string> items) {
  Rule rule = Capped(id);
  rule.item.items = std::move(items);
  return rule;
}

Rule OfCategory(const std::string& id, std::vector<std::string> path) {
  Rule rule = Capped(id);
  rule.item.category = std::move(path);
  return rule;
}

std::string Texts(const std::vector<Rule>& rules) {
  std::vector<RulesMessage> messages;
  WarnOfIdleAndShadowedRules(rules, messages);
  std::string texts;
  for (const RulesMessage& message : messages) texts += message.text + "\n";
  return texts;
}

size_t Warnings(const std::vector<Rule>& rules) {
  std::vector<RulesMessage> messages;
  WarnOfIdleAndShadowedRules(rules, messages);
  return messages.size();
}

}  // namespace

TEST_CASE("rules that cannot both match give no warning", "[rules]") {
  CHECK(Warnings({OfItems("a", {"x"}), OfItems("b", {"y"})}) == 0);
  CHECK(Warnings({OfCategory("a", {"Food"}), OfCategory("b", {"Toys"})}) == 0);
  Rule north = Capped("n"), south = Capped("s");
  north.store.regions = {"north"};
  south.store.regions = {"south"};
  CHECK(Warnings({north, south}) == 0);
  Rule food_north = OfCategory("fn", {"Food"}), food_south = OfCategory("fs", {"Food"});
  food_north.store.regions = {"north"};
  food_south.store.regions = {"south"};
  CHECK(Warnings({food_north, food_south}) == 0);
}

TEST_CASE("rules that may both match and are told apart give no warning", "[rules]") {
  Rule urgent = OfItems("urgent", {"x", "y"});
  urgent.priority = 1;
  CHECK(Warnings({OfItems("a", {"y", "z"}), urgent}) == 0);
  CHECK(Warnings({OfCategory("wide", {"Food"}), OfCategory("narrow", {"Food", "Fresh"})}) == 0);
  Rule other_stage;
  other_stage.id = "other";
  other_stage.presence = PresenceRule{};
  CHECK(Warnings({Capped("a"), other_stage}) == 0);
}

TEST_CASE("equally specific rules that may both match give one warning each", "[rules]") {
  CHECK(Warnings({Capped("a"), Capped("b")}) == 1);
  CHECK(Warnings({Capped("a"), Capped("b"), Capped("c")}) == 2);
  CHECK(Warnings({OfItems("a", {"x", "y", "z"}), OfItems("b", {"v", "y", "z"})}) == 1);
  CHECK(Warnings({OfCategory("a", {"Food"}), OfCategory("b", {"Food"})}) == 1);
  Rule pilot = Capped("pilot"), city = Capped("city");
  pilot.store.groups = {"pilot"};
  city.store.groups = {"city"};
  CHECK(Warnings({pilot, city}) == 1);  // a store may be in both groups
}

TEST_CASE("a rule that another goes before wherever it matches never holds", "[rules]") {
  Rule urgent = Capped("urgent");
  urgent.priority = 1;
  CHECK(Texts({Capped("a"), urgent}) ==
        "rule 'a' never holds: wherever it matches, 'urgent' (line 0) goes before it\n");
  CHECK(Texts({OfItems("a", {"x", "y"}), OfItems("b", {"y"})}) ==
        "rule 'b' never holds: wherever it matches, 'a' (line 0) goes before it\n");
  // A narrower rule goes before a wider one, so that the wider one cannot cover it.
  Rule in_7 = OfItems("a", {"x"});
  in_7.store.stores = {"7"};
  CHECK(Texts({OfItems("b", {"x", "y"}), in_7}).empty());
  Rule fresh = OfItems("fresh", {"x"}), food = OfItems("food", {"x"});
  fresh.item.category = {"Food", "Fresh"};
  food.item.category = {"Food"};
  CHECK(Texts({fresh, food}).starts_with("rules 'fresh' (line 0) and 'food' are equally"));
  Rule also_steady = Capped("also");
  also_steady.steady = SteadyRule{};
  CHECK(Texts({Capped("a"), also_steady}) ==
        "rule 'also' never holds for limits: wherever it matches, 'a' (line 0) goes before it\n");
}

TEST_CASE("a rule that two others go before, a stage each, never holds", "[rules]") {
  Rule both = Capped("both"), steady;
  both.steady = SteadyRule{};
  both.priority = -1;
  steady.id = "steady";
  steady.steady = SteadyRule{};
  CHECK(Texts({Capped("cap"), steady, both}) ==
        "rule 'both' never holds: wherever it matches, 'cap' (line 0) for limits, 'steady' (line "
        "0) for steady go before it\n");
}

TEST_CASE("the search for equal rules has a bound and says where it stopped", "[rules]") {
  std::vector<Rule> rules;
  for (int i = 0; i < 4'000; ++i) {
    Rule rule = OfCategory("r" + std::to_string(i), {"Food"});
    rule.store.stores = {std::to_string(i)};
    rules.push_back(rule);
  }
  std::vector<RulesMessage> messages;
  WarnOfIdleAndShadowedRules(rules, messages);
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].text.starts_with("too many equally specific rules"));
}
