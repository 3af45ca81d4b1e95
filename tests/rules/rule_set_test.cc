#include "rules/rule_set.h"

#include <string>
#include <vector>

#include "rules/evaluate.h"
#include "support/catch.h"

using namespace shelf;

namespace {

std::unique_ptr<RuleSet> LoadGood(std::string_view yaml) {
  std::vector<RulesMessage> messages;
  std::unique_ptr<RuleSet> rules = RuleSet::Load(yaml, messages);
  for (const RulesMessage& message : messages) UNSCOPED_INFO(message.line << ": " << message.text);
  REQUIRE(rules != nullptr);
  return rules;
}

struct Shop {
  std::string store = "1";
  std::string region = "north";
  std::vector<std::string> groups;
};
struct Good {
  std::string sku = "a";
  std::vector<std::string> category;
};

const ChannelPlan& PlanFor(RuleSet& rules, const Shop& shop, const Good& good, size_t channel = 0) {
  const uint32_t store = rules.StoreClass({shop.store, shop.region, shop.groups});
  const uint32_t item = rules.ItemClass({good.sku, good.category});
  return rules.Plan(store, item)[channel];
}

// The id of the rule that sets safety_stock, "" for none.
std::string SafetyRule(RuleSet& rules, const Shop& shop, const Good& good) {
  const uint16_t rule = PlanFor(rules, shop, good).safety_stock_rule;
  return rule == StageOutcome::kNoRule ? "" : rules.channels()[0].rules[rule].id;
}

constexpr std::string_view kPrecedence = R"(version: 1
channels:
  c:
    rules:
      - {id: all, safety_stock: {subtract: 1}}
      - {id: region, when: {region: north}, safety_stock: {subtract: 2}}
      - {id: group, when: {group: pilot}, safety_stock: {subtract: 3}}
      - {id: store, when: {store: "7"}, safety_stock: {subtract: 4}}
      - {id: food, when: {category: [Food]}, safety_stock: {subtract: 5}}
      - {id: fresh, when: {category: [Food, Fresh]}, safety_stock: {subtract: 6}}
      - {id: food-in-7, when: {category: [Food], store: "7"}, safety_stock: {subtract: 7}}
      - {id: item, when: {item: [x, y]}, safety_stock: {subtract: 8}}
      - {id: item-urgent, when: {item: z}, priority: 1, safety_stock: {subtract: 9}}
      - {id: item-late, when: {item: z}, safety_stock: {subtract: 10}}
)";

}  // namespace

TEST_CASE("item goes before longer path before shorter path before all, then the store side",
          "[rules]") {
  auto rules = LoadGood(kPrecedence);
  const Shop south{"1", "south", {}};
  const Shop north{"2", "north", {}};
  const Shop pilot{"3", "north", {"other", "pilot"}};
  const Shop seven{"7", "north", {"pilot"}};
  const std::vector<std::string> food{"Food"}, fresh{"Food", "Fresh", "Milk"}, toys{"Toys"};
  CHECK(SafetyRule(*rules, south, {"a", {}}) == "all");
  CHECK(SafetyRule(*rules, south, {"a", toys}) == "all");
  CHECK(SafetyRule(*rules, north, {"a", toys}) == "region");
  CHECK(SafetyRule(*rules, pilot, {"a", toys}) == "group");
  CHECK(SafetyRule(*rules, seven, {"a", toys}) == "store");
  CHECK(SafetyRule(*rules, south, {"a", food}) == "food");
  CHECK(SafetyRule(*rules, south, {"a", fresh}) == "fresh");
  CHECK(SafetyRule(*rules, seven, {"a", food}) == "food-in-7");
  // The item side goes first: the longer path wins although the other rule names the store.
  CHECK(SafetyRule(*rules, seven, {"a", fresh}) == "fresh");
  CHECK(SafetyRule(*rules, seven, {"x", fresh}) == "item");
  CHECK(SafetyRule(*rules, south, {"y", {}}) == "item");
  CHECK(SafetyRule(*rules, south, {"z", {}}) == "item-urgent");
}

TEST_CASE("a path is a prefix by levels, not by letters", "[rules]") {
  auto rules = LoadGood(kPrecedence);
  CHECK(SafetyRule(*rules, {"1", "south", {}}, {"a", {"Foods"}}) == "all");
  CHECK(SafetyRule(*rules, {"1", "south", {}}, {"a", {"Other", "Food"}}) == "all");
}

TEST_CASE("each stage takes the most specific rule that sets it", "[rules]") {
  auto rules = LoadGood(R"(version: 1
channels:
  c:
    rules:
      - {id: wide, safety_stock: {subtract: 1}, limits: {cap: 50}, sync_lag: [{over: 30m, keep: 0%}]}
      - {id: narrow, when: {item: x}, safety_stock: {percent: 10}}
      - {id: off, when: {item: y}, sync_lag: []}
)");
  const ChannelPlan& x = PlanFor(*rules, {}, {"x", {}});
  CHECK(x.safety_stock_rule == 1);
  CHECK(x.safety_stock->percent_micro == 10'000'000);
  CHECK(x.limits_rule == 0);
  CHECK(x.limits->cap_milli == 50'000);
  CHECK(x.presence == nullptr);
  CHECK(x.presence_rule == StageOutcome::kNoRule);
  REQUIRE(x.sync_lag.size() == 1);
  const ChannelPlan& y = PlanFor(*rules, {}, {"y", {}});
  CHECK(y.sync_lag.empty());
  CHECK(y.sync_lag_rule == 2);
}

TEST_CASE("several conditions must all hold; a list means any", "[rules]") {
  auto rules = LoadGood(R"(version: 1
channels:
  c:
    rules:
      - id: both
        when: {item: [x, y], category: [Food], store: ["1", "2"], group: [g, h], region: [n, s]}
        safety_stock: {subtract: 1}
)");
  const std::vector<std::string> food{"Food", "Any"};
  CHECK(SafetyRule(*rules, {"2", "s", {"h"}}, {"y", food}) == "both");
  CHECK(SafetyRule(*rules, {"3", "s", {"h"}}, {"y", food}).empty());
  CHECK(SafetyRule(*rules, {"2", "w", {"h"}}, {"y", food}).empty());
  CHECK(SafetyRule(*rules, {"2", "s", {"i"}}, {"y", food}).empty());
  CHECK(SafetyRule(*rules, {"2", "s", {}}, {"y", food}).empty());
  CHECK(SafetyRule(*rules, {"2", "s", {"h"}}, {"z", food}).empty());
  CHECK(SafetyRule(*rules, {"2", "s", {"h"}}, {"y", {}}).empty());
}

TEST_CASE("of equal rules the earlier line holds, with a warning that names both", "[rules]") {
  std::vector<RulesMessage> messages;
  auto rules = RuleSet::Load(R"(version: 1
channels:
  c:
    rules:
      - {id: first, when: {store: ["1", "2"]}, safety_stock: {subtract: 1}, limits: {cap: 1}}
      - {id: second, when: {store: ["2", "3"]}, safety_stock: {subtract: 2}, limits: {cap: 2}}
)",
                             messages);
  REQUIRE(rules != nullptr);
  CHECK(SafetyRule(*rules, {"2", "", {}}, {}) == "first");
  CHECK(SafetyRule(*rules, {"3", "", {}}, {}) == "second");
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].warning);
  CHECK(messages[0].line == 6);
  CHECK(messages[0].text ==
        "rules 'first' (line 5) and 'second' are equally specific and may both match: for "
        "safety_stock, limits the earlier one holds; a priority says which is meant");
}

TEST_CASE("what no rule tells apart shares a class, and classes share plans", "[rules]") {
  auto rules = LoadGood(kPrecedence);
  const std::vector<std::string> pilot{"pilot"}, other{"other"};
  const std::vector<std::string> toys{"Toys"}, books{"Books"}, food{"Food"};
  CHECK(rules->StoreClass({"1", "south", {}}) == rules->StoreClass({"2", "west", other}));
  CHECK(rules->StoreClass({"1", "south", {}}) != rules->StoreClass({"1", "south", pilot}));
  CHECK(rules->ItemClass({"a", toys}) == rules->ItemClass({"b", books}));
  CHECK(rules->ItemClass({"a", toys}) != rules->ItemClass({"a", food}));
  const uint32_t store = rules->StoreClass({"1", "south", {}});
  const ChannelPlan* once = rules->Plan(store, rules->ItemClass({"x", toys})).data();
  for (int i = 0; i < 100; ++i) {
    const std::vector<std::string> path{"Food", std::to_string(i)};
    rules->Plan(rules->StoreClass({std::to_string(i), "north", pilot}),
                rules->ItemClass({"a", path}));
  }
  CHECK(rules->Plan(store, rules->ItemClass({"y", toys})).data() == once);
}

TEST_CASE("a rule is unused until plans were asked for that have it", "[rules]") {
  auto rules = LoadGood(R"(version: 1
channels:
  c:
    rules:
      - {id: all, safety_stock: {subtract: 1}}
      - {id: toys, when: {category: Toys}, safety_stock: {subtract: 2}}
  d:
    rules:
      - {id: always-overruled, safety_stock: {subtract: 1}}
      - {id: north, when: {region: north}, safety_stock: {subtract: 2}}
)");
  using Unused = std::vector<std::vector<uint16_t>>;
  CHECK(rules->UnusedRules() == Unused{{0, 1}, {0, 1}});
  PlanFor(*rules, {}, {});
  CHECK(rules->UnusedRules() == Unused{{1}, {0}});
  PlanFor(*rules, {}, {.sku = "ball", .category = {"Toys"}});
  CHECK(rules->UnusedRules() == Unused{{}, {0}});
}

TEST_CASE("each channel has its own rules, and its settings are read", "[rules]") {
  auto rules = LoadGood(R"(version: 1
channels:
  own-site:
    methods: [click_and_collect, delivery]
    limited_at: 2.5
    rules:
      - id: everywhere
        presence: {after_nil_pick: until_evidence, quiet_limit: 3.5}
        limits: {cutoff_below: 0.5, cap: 50}
  market:
    trace: true
    methods: delivery
    rules:
      - {id: everywhere, sync_lag: [{over: 250ms, keep: 80}, {over: 2d, subtract: 1.25}]}
  bare: {}
)");
  REQUIRE(rules->channels().size() == 3);
  const ChannelRules& site = rules->channels()[0];
  CHECK(site.name == "own-site");
  CHECK(site.methods == std::vector<std::string>{"click_and_collect", "delivery"});
  CHECK(site.limited_at_milli == 2'500);
  CHECK_FALSE(site.trace);
  CHECK(site.rules[0].line == 7);
  const ChannelRules& market = rules->channels()[1];
  CHECK(market.trace);
  CHECK(market.methods == std::vector<std::string>{"delivery"});
  CHECK(rules->channels()[2].rules.empty());

  const ChannelPlan& own = PlanFor(*rules, {}, {}, 0);
  CHECK(own.presence->after_nil_pick_until_evidence);
  CHECK(own.presence->quiet_limit == 3.5);
  CHECK(own.limits->cutoff_below_milli == 500);
  CHECK(own.sync_lag.empty());
  const ChannelPlan& sold = PlanFor(*rules, {}, {}, 1);
  REQUIRE(sold.sync_lag.size() == 2);
  CHECK(sold.sync_lag[0].over_ms == 250);
  CHECK(sold.sync_lag[0].keep_percent == 80);
  CHECK(sold.sync_lag[1].over_ms == 172'800'000);
  CHECK(sold.sync_lag[1].keep_percent == 100);
  CHECK(sold.sync_lag[1].subtract_milli == 1'250);
  CHECK(PlanFor(*rules, {}, {}, 2).limits == nullptr);
}

TEST_CASE("the lag borders of all channels are known once each, ascending", "[rules]") {
  auto rules = LoadGood(R"(version: 1
channels:
  a: {rules: [{id: r, sync_lag: [{over: 30m, keep: 80%}, {over: 4h, keep: 0}]}]}
  b: {rules: [{id: r, sync_lag: [{over: 15m, keep: 50%}, {over: 30m, keep: 0}]}]}
)");
  const std::span<const int64_t> borders = rules->LagBorders();
  CHECK(std::vector<int64_t>(borders.begin(), borders.end()) ==
        std::vector<int64_t>{900'000, 1'800'000, 14'400'000});
}

TEST_CASE("a rule set is named by its text", "[rules]") {
  auto hex = [](const std::string& bytes) {
    std::string text;
    for (unsigned char b : bytes) {
      text += "0123456789abcdef"[b >> 4];
      text += "0123456789abcdef"[b & 15];
    }
    return text;
  };
  auto one = LoadGood("version: 1\nchannels: {c: {}}\n");
  auto other = LoadGood("version: 1\nchannels: {c: {}} \n");
  CHECK(hex(one->hash()) == "1b1bd09482fcfdfb4e038d09ed792ee7");
  CHECK(one->hash() != other->hash());
  CHECK(LoadGood("version: 1\nchannels: {c: {}}\n")->hash() == one->hash());
}

TEST_CASE("the built-in rules offer base as it is on one channel", "[rules]") {
  auto rules = RuleSet::Default();
  REQUIRE(rules->channels().size() == 1);
  CHECK(rules->channels()[0].name == "default");
  Facts facts;
  facts.on_hand_milli = 7'000;
  std::vector<Decision> decisions(1);
  EvaluateAll(facts, rules->channels(),
              rules->Plan(rules->StoreClass({"1", "", {}}), rules->ItemClass({"a", {}})),
              decisions);
  CHECK(decisions[0].sellable == 7);
}

TEST_CASE("thousands of rules for single items load and are found", "[rules]") {
  std::string yaml = "version: 1\nchannels:\n  c:\n    rules:\n";
  for (int i = 0; i < 5'000; ++i) {
    const std::string n = std::to_string(i);
    yaml += "    - {id: r" + n + ", when: {item: i" + n + "}, safety_stock: {subtract: 1}}\n";
  }
  auto rules = LoadGood(yaml);
  CHECK(SafetyRule(*rules, {}, {"i0", {}}) == "r0");
  CHECK(SafetyRule(*rules, {}, {"i4999", {}}) == "r4999");
  CHECK(SafetyRule(*rules, {}, {"i5000", {}}).empty());
}

TEST_CASE("who shares goes group by group, by priority and then by place in the file", "[rules]") {
  constexpr std::string_view kYaml = R"(version: 1
allocation_groups: {near: {}, far: {overcommit: 120%}}
channels:
  a: {rules: [{id: r, allocation: {group: far, share: 1}}]}
  b: {rules: [{id: r, allocation: {group: near, share: 2}}]}
  c: {priority: 5, rules: [{id: r, allocation: {group: far, share: 3}}]}
  d: {rules: [{id: r, when: {item: x}, allocation: {group: far, share: 4}}]}
  e: {rules: [{id: r, allocation: {group: far, share: 0}}]}
)";
  auto sharing = [](RuleSet& rules, const Good& good) {
    std::string names;
    const Plans plans =
        rules.Plan(rules.StoreClass({"1", "", {}}), rules.ItemClass({good.sku, good.category}));
    for (const ChannelId channel : plans.sharing()) names += rules.channels()[channel.value].name;
    return names;
  };
  auto rules = LoadGood(kYaml);
  REQUIRE(rules->allocation_groups().size() == 2);
  const uint8_t near = PlanFor(*rules, {}, {}, 1).allocation->group;
  CHECK(rules->allocation_groups()[near].name == "near");
  CHECK(rules->allocation_groups()[near].overcommit_micro == 100'000'000);
  CHECK(rules->allocation_groups()[1 - near].overcommit_micro == 120'000'000);
  CHECK(PlanFor(*rules, {}, {}, 2).allocation->share == 3);
  CHECK(PlanFor(*rules, {}, {}, 3).allocation == nullptr);
  const std::string far_first = near == 0 ? "b" : "";
  const std::string far_last = near == 0 ? "" : "b";
  CHECK(sharing(*rules, {"y", {}}) == far_first + "cae" + far_last);
  CHECK(sharing(*rules, {"x", {}}) == far_first + "cade" + far_last);

  // Channels that had their ids in another order keep those; who goes first is the file's matter.
  std::vector<RulesMessage> messages;
  const std::vector<std::string> before{"e", "gone", "c", "a"};
  auto aligned = RuleSet::Load(kYaml, messages, before);
  REQUIRE(aligned != nullptr);
  CHECK(aligned->channels()[0].name == "e");
  CHECK(aligned->channels()[1].retired);
  CHECK(sharing(*aligned, {"x", {}}) == far_first + "cade" + far_last);
}

TEST_CASE("plans say what they ask for beside plain facts", "[rules]") {
  auto rules = LoadGood(R"(version: 1
channels:
  a:
    rules:
      - {id: all, limits: {cap: 5}}
      - {id: quiet, when: {item: q}, presence: {quiet_limit: 3}}
      - {id: cover, when: {item: c}, safety_stock: {days_of_cover: 1.5}}
      - {id: calm, when: {item: s}, steady: {rise_after: 10m}}
      - {id: not-calm, when: {item: t}, steady: {rise_after: 0s}}
)");
  auto asks = [&](const char* sku) {
    const Plans plans = rules->Plan(rules->StoreClass({"1", "", {}}), rules->ItemClass({sku, {}}));
    return std::string(plans.ask_silence() ? "silence " : "") +
           (plans.ask_sales_rate() ? "rate " : "") + (plans.hold_rises() ? "rises" : "");
  };
  CHECK(asks("other").empty());
  CHECK(asks("q") == "silence ");
  CHECK(asks("c") == "rate ");
  CHECK(asks("s") == "rises");
  CHECK(asks("t").empty());
  CHECK(PlanFor(*rules, {}, {"c", {}}).safety_stock->days_of_cover_milli == 1'500);
  CHECK(PlanFor(*rules, {}, {"s", {}}).steady->rise_after_ms == 600'000);
  CHECK(PlanFor(*rules, {}, {"t", {}}).steady_rule == 4);
}
