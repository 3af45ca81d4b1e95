// What a rules diff says another rule set would change, held against what it does change.
#include "loop/rules_diff.h"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/percent.h"
#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kInForce[] = R"(
version: 1
allocation_groups:
  shared: {overcommit: 100%}
channels:
  site:
    methods: [collect]
    limited_at: 2
    rules:
      - id: all
        sync_lag: [{over: 30m, keep: 50%}]
        safety_stock: {subtract: 1}
        limits: {cap: 50}
      - {id: fresh, when: {category: [Food, Fresh]}, safety_stock: {percent: 25}}
  market:
    rules:
      - {id: share, allocation: {group: shared, share: 1}}
  shop-window:
    rules:
      - {id: share, allocation: {group: shared, share: 1}}
  app:
    own_reservations_taken_off: true
    rules:
      - {id: all, limits: {cutoff_below: 2}}
)";

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

class Chain {
 public:
  explicit Chain(const std::string& rules = kInForce) : harness(rules) {
    PutStore("1", "north", {"collect"});
    PutStore("2", "south", {"courier"});
    PutStore("3", "south", {"collect", "courier"});
    PutItem("apple", {"Food", "Fresh"});
    PutItem("bread", {"Food", "Dry"});
    PutItem("kettle", {"Home"});
    PutItem("wire", {}, "MTR", 100);
    REQUIRE(harness.Start().ok());
    harness.Turns(2);
    harness.List("1", {{"apple", 10}, {"bread", 7}, {"kettle", 80}, {"wire", 12}});
    harness.List("2", {{"apple", 3}, {"bread", 1}, {"nobody-knows", 5}});
    harness.List("3", {{"apple", 100}, {"kettle", 2}, {"wire", 1}});
    for (const char* store : {"1", "2", "3"}) harness.Claim(store, "pos", harness.now_ms());
    harness.Settle();
    Reserve("3", "kettle", 1, "app");
    harness.Settle();
  }

  std::unique_ptr<RuleSet> Load(const std::string& rules) {
    std::vector<RulesMessage> messages;
    std::unique_ptr<RuleSet> set = RuleSet::Load(rules, messages, world().channel_names);
    REQUIRE(set != nullptr);
    return set;
  }

  void PutStore(const std::string& store, const std::string& region, const Lines& methods) {
    v1::Store record;
    record.set_store(store);
    record.set_region(region);
    for (const std::string& method : methods) record.add_services()->set_method(method);
    v1::Source& source = *record.add_sources();
    source.set_name("pos");
    source.set_role(v1::SOURCE_ROLE_EARLY);
    source.set_required(true);
    Put({"store", store}, record.SerializeAsString());
  }

  void PutItem(const std::string& sku, const Lines& category, const std::string& unit = "H87",
               int64_t step_milli = 1000, const Lines& blocked = {}) {
    v1::Item record;
    record.set_sku(sku);
    for (const std::string& level : category) record.add_category(level);
    record.set_unit_of_measure(unit);
    record.set_step_milli(step_milli);
    for (const std::string& channel : blocked) record.add_blocked_channels(channel);
    Put({"item", sku}, record.SerializeAsString());
  }

  void Put(std::initializer_list<std::string_view> key, const std::string& value) {
    harness.log().Append("reference", 0, JoinKey(key), value);
  }

  void Reserve(const std::string& store, const std::string& sku, int64_t units,
               const std::string& channel) {
    v1::StockEvent event = harness.Document(store, "oms");
    event.mutable_reserve()->set_reservation_id("r1");
    event.mutable_reserve()->set_channel(channel);
    v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(units * 1000);
    harness.Append(event);
  }

  World& world() { return harness.worker().world(); }

  Harness harness;
};

// "site/1/apple 7 > 4 safety_stock all fresh"; "-" where no rule.
std::string Words(const RulesChange& change, const RuleSet& proposed, World& world) {
  const Position& position = world.positions[change.position];
  const auto rule = [](const RuleInfo* info) { return info != nullptr ? info->id : "-"; };
  return absl::StrCat(proposed.channels()[change.channel.value].name, "/",
                      std::string(world.store_names.Text(position.store)), "/",
                      std::string(world.sku_names.Text(position.sku)), " ", change.before.sellable,
                      " > ", change.after.sellable, " ",
                      std::string(RulesReasonName(change.reason)), " ",
                      rule(change.reason.rule_before), " ", rule(change.reason.rule_after));
}

struct Outcome {
  Lines changes;
  std::vector<RulesDiffSum> channels;
  RulesDiffSum total;
  uint64_t evaluations = 0;
};

Outcome Diff(Chain& chain, const std::string& rules, uint32_t positions_at_once = 1'000'000) {
  const std::unique_ptr<RuleSet> proposed = chain.Load(rules);
  Outcome outcome;
  RulesDiff diff(chain.world(), *proposed, {}, [&](const RulesChange& change) {
    outcome.changes.push_back(Words(change, *proposed, chain.world()));
  });
  while (!diff.done()) diff.Take(positions_at_once);
  std::sort(outcome.changes.begin(), outcome.changes.end());
  outcome.channels = diff.channels();
  outcome.total = diff.Total();
  outcome.evaluations = diff.evaluations();
  return outcome;
}

constexpr char kMoreHeldBack[] = R"(
version: 1
allocation_groups:
  shared: {overcommit: 150%}
channels:
  site:
    methods: [collect]
    limited_at: 3
    rules:
      - id: all
        sync_lag: [{over: 30m, keep: 50%}]
        safety_stock: {subtract: 3}
        limits: {cap: 20}
      - {id: fresh, when: {category: [Food, Fresh]}, safety_stock: {percent: 10}}
      - {id: north, when: {region: north}, limits: {cap: 60}}
  market:
    rules:
      - {id: share, allocation: {group: shared, share: 3}}
  shop-window:
    rules:
      - {id: share, allocation: {group: shared, share: 1}}
  app:
    rules:
      - {id: all, limits: {cutoff_below: 3}}
)";

}  // namespace

TEST_CASE("a rules diff names every key that changes, with the stage and the rules that do it",
          "[rules_diff]") {
  Chain chain;
  CHECK(Diff(chain, Replaced(kInForce, "subtract: 1", "subtract: 3")).changes ==
        Lines{"site/1/bread 6 > 4 safety_stock all all",
              "site/1/wire 110 > 90 safety_stock all all"});
  CHECK(Diff(chain, Replaced(kInForce, "cap: 50", "cap: 49")).changes ==
        Lines{"site/1/kettle 50 > 49 limits all all", "site/3/apple 50 > 49 limits all all"});
  CHECK(Diff(chain, Replaced(kInForce, "limited_at: 2", "limited_at: 6")).changes ==
        Lines{"site/1/bread 6 > 6 limited_at - -"});
  CHECK(Diff(chain, Replaced(kInForce, "methods: [collect]", "methods: [courier]")).changes ==
        Lines{"site/1/apple 7 > 0 eligibility - -", "site/1/bread 6 > 0 eligibility - -",
              "site/1/kettle 50 > 0 eligibility - -", "site/1/wire 110 > 0 eligibility - -",
              "site/2/apple 0 > 2 eligibility - -"});
}

TEST_CASE("a rules diff says just what another chain under those rules would have published",
          "[rules_diff]") {
  Chain chain;
  Chain other(kMoreHeldBack);
  const auto numbers = [](Chain& of) {
    std::map<std::string, int64_t> by_key;
    for (const auto& [key, record] : of.harness.Newest()) by_key[key] = record.sellable();
    return by_key;
  };
  std::map<std::string, int64_t> before = numbers(chain);
  std::map<std::string, int64_t> after = numbers(other);
  const std::unique_ptr<RuleSet> proposed = chain.Load(kMoreHeldBack);
  size_t changed = 0;
  RulesDiff diff(chain.world(), *proposed, {}, [&](const RulesChange& change) {
    World& world = chain.world();
    const Position& position = world.positions[change.position];
    const std::string key = absl::StrCat(proposed->channels()[change.channel.value].name, "/",
                                         std::string(world.store_names.Text(position.store)), "/",
                                         std::string(world.sku_names.Text(position.sku)));
    INFO(key);
    CHECK(change.before.sellable == before[key]);
    CHECK(change.after.sellable == after[key]);
    before[key] = after[key];
    ++changed;
  });
  diff.Take(1'000'000);
  CHECK(changed == diff.Total().changed);
  CHECK(changed > 8);
  CHECK(before == after);
}

TEST_CASE("a rules diff changes nothing of the state", "[rules_diff]") {
  Chain chain;
  const Lines before = Describe(chain.world());
  CHECK(!Diff(chain, kMoreHeldBack).changes.empty());
  CHECK(Difference(before, Describe(chain.world())) == Lines{});
}

TEST_CASE("a rules diff in slices says what one at once says", "[rules_diff]") {
  Chain chain;
  const Outcome at_once = Diff(chain, kMoreHeldBack);
  const Outcome in_slices = Diff(chain, kMoreHeldBack, 1);
  CHECK(in_slices.changes == at_once.changes);
  CHECK(in_slices.total.won_milli == at_once.total.won_milli);
  CHECK(in_slices.total.withheld_milli == at_once.total.withheld_milli);
}

TEST_CASE("positions of which both sets say the same are counted and not evaluated",
          "[rules_diff]") {
  Chain chain;
  const Outcome same = Diff(chain, absl::StrCat("# other words, other lines\n", kInForce));
  CHECK(same.evaluations == 0);
  CHECK(same.changes == Lines{});
  const Outcome other = Diff(chain, Replaced(kInForce, "percent: 25", "percent: 24"));
  // The two stores' apples, four channels, two sets; store 2's too, which site does not serve.
  CHECK(other.evaluations == 3 * 4 * 2);
  for (const Outcome* outcome : {&same, &other}) {
    CHECK(outcome->total.keys == 10 * 4);
    CHECK(outcome->total.sellable == same.total.sellable);
    CHECK(outcome->total.offered_milli == same.total.offered_milli);
  }
  CHECK(same.total.sellable > 10);
}

TEST_CASE("what a rules diff says is offered now is what is published, in units of measure",
          "[rules_diff]") {
  Chain chain;
  absl::int128 published_milli = 0;
  uint64_t above_zero = 0;
  for (const auto& [key, record] : chain.harness.Newest()) {
    published_milli += record.sellable() * record.step_milli();
    above_zero += record.sellable() > 0 ? 1 : 0;
  }
  for (const std::string& rules : {std::string(kInForce), std::string(kMoreHeldBack)}) {
    const RulesDiffSum total = Diff(chain, rules).total;
    CHECK(total.offered_milli == published_milli);
    CHECK(total.sellable == above_zero);
  }
}

TEST_CASE("a channel that is gone falls to zero, one that is new rises from it", "[rules_diff]") {
  Chain chain;
  const std::string renamed = Replaced(kInForce, "  app:", "  app-2:");
  const Outcome outcome = Diff(chain, renamed);
  CHECK(outcome.changes ==
        Lines{"app-2/1/apple 0 > 10 channel_added - -", "app-2/1/bread 0 > 7 channel_added - -",
              "app-2/1/kettle 0 > 80 channel_added - -", "app-2/1/wire 0 > 120 channel_added - -",
              "app-2/2/apple 0 > 3 channel_added - -", "app-2/3/apple 0 > 100 channel_added - -",
              "app/1/apple 10 > 0 channel_removed - -", "app/1/bread 7 > 0 channel_removed - -",
              "app/1/kettle 80 > 0 channel_removed - -", "app/1/wire 120 > 0 channel_removed - -",
              "app/2/apple 3 > 0 channel_removed - -", "app/3/apple 100 > 0 channel_removed - -",
              "app/3/kettle 2 > 0 channel_removed - -"});
  CHECK(outcome.total.to_zero == 7);
  CHECK(outcome.total.to_sellable == 6);
  CHECK(outcome.total.won_milli == 212'000);
  CHECK(outcome.total.withheld_milli == 214'000);
}

TEST_CASE("items, listings and stops that name a channel hold for it before it is in force",
          "[rules_diff]") {
  Chain chain;
  chain.PutItem("bread", {"Food", "Dry"}, "H87", 1000, {"app-2"});
  v1::Listing listing;
  listing.set_store("1");
  listing.set_sku("kettle");
  listing.add_channels("site");
  chain.Put({"listing", "1", "kettle"}, listing.SerializeAsString());
  v1::StopSale stop;
  stop.set_id("s");
  stop.set_sku("apple");
  stop.set_channel("app-2");
  chain.Put({"stop", "s"}, stop.SerializeAsString());
  chain.harness.Turns(3);
  Lines added;
  for (const std::string& line : Diff(chain, absl::StrCat(kInForce, "  app-2: {}\n")).changes) {
    added.push_back(line);
  }
  CHECK(added == Lines{"app-2/1/wire 0 > 120 channel_added - -",
                       "app-2/3/kettle 0 > 1 channel_added - -",
                       "app-2/3/wire 0 > 10 channel_added - -"});
}

TEST_CASE("what one channel of a group gets more, another one loses by its allocation",
          "[rules_diff]") {
  Chain chain;
  const std::string more = Replaced(
      kInForce,
      "  shop-window:\n    rules:\n      - {id: share, allocation: {group: shared, share: 1}",
      "  shop-window:\n    rules:\n      - {id: more, allocation: {group: shared, share: 3}");
  Lines bread;
  for (const std::string& line : Diff(chain, more).changes) {
    if (line.find("/1/bread") != std::string::npos) bread.push_back(line);
  }
  CHECK(bread == Lines{"market/1/bread 4 > 2 allocation share share",
                       "shop-window/1/bread 3 > 5 allocation share more"});
}

TEST_CASE("a channel that takes its own reservations off no more may sell less", "[rules_diff]") {
  Chain chain;
  const std::string booked = Replaced(kInForce, "taken_off: true", "taken_off: false");
  CHECK(Diff(chain, Replaced(booked, "cutoff_below: 2", "cutoff_below: 1")).changes ==
        Lines{"app/2/bread 0 > 1 limits all all",
              "app/3/kettle 2 > 1 own_reservations_taken_off - -",
              "app/3/wire 0 > 10 limits all all"});
}

TEST_CASE("a rise that waits to be steady is no difference, nor is how long it has to",
          "[rules_diff]") {
  const std::string steady =
      Replaced(kInForce, "{cutoff_below: 2}}", "{cutoff_below: 2}, steady: {rise_after: 10m}}");
  Chain chain(steady);
  chain.harness.Move("1", "erp", v1::REASON_RECEIPT, "bread", 5);
  chain.harness.Turns(3);
  REQUIRE(chain.harness.Newest().at("app/1/bread").sellable() == 7);
  CHECK(Diff(chain, kInForce).changes == Lines{});
  CHECK(Diff(chain, Replaced(steady, "cutoff_below: 2", "cap: 9")).changes ==
        Lines{"app/1/apple 10 > 9 limits all all", "app/1/bread 12 > 9 limits all all",
              "app/1/kettle 80 > 9 limits all all", "app/1/wire 120 > 90 limits all all",
              "app/2/bread 0 > 1 limits all all", "app/3/apple 100 > 9 limits all all",
              "app/3/wire 0 > 10 limits all all"});
}

TEST_CASE("the lag of now decides, not the one as of the last border that it crossed",
          "[rules_diff]") {
  Chain chain;
  chain.harness.Turns(21 * 60);
  const std::string earlier = Replaced(kInForce, "over: 30m", "over: 20m");
  CHECK(Diff(chain, earlier).changes.size() == 5);
  CHECK(Diff(chain, Replaced(kInForce, "over: 30m", "over: 22m")).changes == Lines{});
}

TEST_CASE("sums by category and by store add up to those of the channels", "[rules_diff]") {
  Chain chain;
  const std::unique_ptr<RuleSet> proposed = chain.Load(kMoreHeldBack);
  for (const size_t depth : {1, 2}) {
    RulesDiff diff(chain.world(), *proposed, {.category_depth = depth});
    diff.Take(1'000'000);
    RulesDiffSum stores, categories;
    std::set<Lines> paths;
    for (const RulesDiff::Part& part : diff.stores()) {
      for (const RulesDiffSum& sum : part.channels) stores += sum;
    }
    for (const RulesDiff::Category& category : diff.categories()) {
      paths.insert(category.path);
      for (const RulesDiffSum& sum : category.channels) categories += sum;
    }
    const RulesDiffSum total = diff.Total();
    for (const RulesDiffSum* sum : {&stores, &categories}) {
      CHECK(sum->keys == total.keys);
      CHECK(sum->changed == total.changed);
      CHECK(sum->offered_milli == total.offered_milli);
      CHECK(sum->won_milli == total.won_milli);
      CHECK(sum->withheld_milli == total.withheld_milli);
    }
    CHECK(paths == (depth == 1
                        ? std::set<Lines>{{}, {"Food"}, {"Home"}}
                        : std::set<Lines>{{}, {"Food", "Fresh"}, {"Food", "Dry"}, {"Home"}}));
  }
}

TEST_CASE("the largest changes are kept, in units of measure, and no more than asked for",
          "[rules_diff]") {
  Chain chain;
  const std::unique_ptr<RuleSet> proposed = chain.Load(kMoreHeldBack);
  std::vector<RulesChange> all;
  RulesDiff diff(chain.world(), *proposed, {.largest = 4},
                 [&](const RulesChange& change) { all.push_back(change); });
  diff.Take(1'000'000);
  const auto amount = [](const RulesChange& change) { return std::abs(change.difference_milli()); };
  std::stable_sort(all.begin(), all.end(), [&](const RulesChange& a, const RulesChange& b) {
    return amount(a) > amount(b);
  });
  const std::vector<RulesChange> largest = diff.Largest();
  REQUIRE(largest.size() == 4);
  for (size_t i = 0; i < largest.size(); ++i) {
    CHECK(amount(largest[i]) == amount(all[i]));
    CHECK(largest[i].position == all[i].position);
    CHECK(largest[i].channel == all[i].channel);
  }
}

TEST_CASE("only the channels that are asked for are counted, and all take their part of a group",
          "[rules_diff]") {
  Chain chain;
  const std::unique_ptr<RuleSet> proposed = chain.Load(kMoreHeldBack);
  RulesDiff all(chain.world(), *proposed, {});
  RulesDiff one(chain.world(), *proposed, {.channels = 1 << 1});
  all.Take(1'000'000);
  one.Take(1'000'000);
  CHECK(one.Total().keys == 10);
  CHECK(one.Total().changed == all.channels()[1].changed);
  CHECK(one.Total().won_milli == all.channels()[1].won_milli);
  CHECK(all.channels()[1].won_milli > 0);
}

TEST_CASE("the brake holds above the share and above twenty, not at either", "[rules_diff]") {
  const auto stops = [](uint64_t to_zero, uint64_t sellable) {
    RulesDiffSum total;
    total.to_zero = to_zero;
    total.sellable = sellable;
    return ZeroesTooMuch(total, 0.3);
  };
  CHECK(!stops(20, 20));
  CHECK(stops(21, 21));
  CHECK(!stops(30, 100));
  CHECK(stops(31, 100));
  CHECK(!stops(0, 0));
}
