// The oracle's numbers: what channels may sell by the design page's own examples.
#include "sim/oracle_numbers.h"

#include <map>
#include <string>
#include <utility>

#include "shelf/v1/availability.pb.h"
#include "sim/oracle_hours.h"
#include "sim/oracle_shop.h"
#include "support/catch.h"

using shelf::sim::At;
using shelf::sim::Channel;
using shelf::sim::kDay;
using shelf::sim::kHourMs;
using shelf::sim::kMinuteMs;
using shelf::sim::OneChannel;
using shelf::sim::RuleChoice;
using shelf::sim::Shop;
using shelf::sim::StageRuleChoice;
using shelf::sim::oracle::Hours;
using shelf::sim::oracle::TradingTime;
using shelf::sim::oracle::Week;
namespace v1 = shelf::v1;

TEST_CASE("silence takes numbers away and deafness does not", "[sim][oracle]") {
  StageRuleChoice rule;
  rule.sync_lag = {{.over_ms = 30 * kMinuteMs, .keep_percent = 80, .subtract_milli = 0},
                   {.over_ms = 4 * kHourMs, .keep_percent = 0, .subtract_milli = 0}};
  Shop shop(OneChannel(rule));
  shop.Begin(At(6, 0));
  shop.List({{"a", 11}}, At(6, 0), At(6, 0));
  shop.TickTo(At(6, 30));
  CHECK(shop.Sellable("a") == 11);
  shop.now_ += 1;
  shop.Tick();
  CHECK(shop.Sellable("a") == 8);
  shop.now_ = At(20, 0);
  shop.Tick();
  CHECK(shop.Sellable("a") == 8);
  shop.TickTo(At(20, 6));
  CHECK(shop.Sellable("a") == 0);
}

TEST_CASE("the night is no lag and a change of the clocks makes hours longer or shorter",
          "[sim][oracle]") {
  Week week;
  week.zone = "Europe/Berlin";
  for (int day = 1; day <= 7; ++day) {
    week.weekly[day] = {Hours{.opens_minute = 60, .closes_minute = 4 * 60}};
  }
  const TradingTime hours(week);
  CHECK(hours.Between(kDay, kDay + 24 * kHourMs) == 3 * kHourMs);
  // 2026-03-29: from two to three o'clock there is no time; 2026-10-25: twice.
  constexpr int64_t kMarch = 1'774'738'800'000;  // 2026-03-29 00:00 in Berlin
  CHECK(hours.Between(kMarch, kMarch + 23 * kHourMs) == 2 * kHourMs);
  constexpr int64_t kOctober = 1'792'879'200'000;  // 2026-10-25 00:00 in Berlin
  CHECK(hours.Between(kOctober, kOctober + 25 * kHourMs) == 4 * kHourMs);
}

TEST_CASE("an unknown item is spoken of when its record is in force", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  v1::StockEvent event =
      shop.documents.Movement("1", "erp", v1::REASON_RECEIPT, "new", 4, At(9, 0));
  shop.Append(event);
  CHECK_FALSE(shop.oracle.Of("site", "1", "new").spoken);
  CHECK(shop.oracle.Of("site", "1", "new").status == v1::AVAILABILITY_STATUS_OUT_OF_STOCK);
  v1::Item item;
  item.set_sku("new");
  item.set_step_milli(500);
  shop.Put("item/new", item.SerializeAsString());
  CHECK_FALSE(shop.oracle.Of("site", "1", "new").spoken);
  shop.Tick();
  CHECK(shop.oracle.Of("site", "1", "new").spoken);
  CHECK(shop.Sellable("new") == 8);
}

TEST_CASE("channels of a group share and the rest goes by priority", "[sim][oracle]") {
  RuleChoice rules;
  rules.groups.push_back({.name = "g", .overcommit_percent = 100});
  for (const auto& [name, share] : std::map<std::string, int64_t>{{"market", 40}, {"site", 60}}) {
    StageRuleChoice rule;
    rule.id = "r";
    rule.allocation = {.group = "g", .share = share};
    rules.channels.push_back(Channel(name, {rule}));
  }
  rules.channels[1].priority = 10;
  Shop shop(rules);
  shop.Begin(At(10, 0));
  shop.List({{"a", 10}}, At(9, 0), At(9, 0));
  CHECK(shop.Sellable("a", "site") == 6);
  CHECK(shop.Sellable("a", "market") == 4);
  shop.Sell("erp", "a", 9, At(9, 1));
  CHECK(shop.Sellable("a", "site") == 1);
  CHECK(shop.Sellable("a", "market") == 0);
}

TEST_CASE("a rise is said when it has lasted and only as far as it has", "[sim][oracle]") {
  StageRuleChoice rule;
  rule.rise_after_ms = 10 * kMinuteMs;
  Shop shop(OneChannel(rule));
  shop.Begin(At(6, 0));
  shop.List({{"a", 2}}, At(6, 0), At(6, 0));
  CHECK(shop.Sellable("a") == 2);
  shop.TickTo(At(6, 10));
  shop.Append(shop.documents.Movement("1", "erp", v1::REASON_RECEIPT, "a", 8, At(6, 10)));
  CHECK(shop.Sellable("a") == 2);
  CHECK(shop.oracle.Of("site", "1", "a").at_most == 10);
  shop.TickTo(At(6, 15));
  shop.Sell("erp", "a", 1, At(6, 15));
  shop.TickTo(At(6, 20) - 1);
  CHECK(shop.Sellable("a") == 2);
  shop.TickTo(At(6, 20));
  CHECK(shop.Sellable("a") == 9);
}

TEST_CASE("a nil pick hides what there is until there is evidence", "[sim][oracle]") {
  StageRuleChoice rule;
  rule.after_nil_pick = true;
  Shop shop(OneChannel(rule));
  shop.Begin(At(10, 0));
  shop.List({{"a", 5}}, At(6, 0), At(6, 0));
  shop.Append(shop.documents.Pick("1", "a", 1, 0, At(9, 0)));
  CHECK(shop.Sellable("a") == 0);
  shop.Sell("pos", "a", 1, At(8, 0));
  CHECK(shop.Sellable("a") == 0);
  shop.Sell("pos", "a", 1, At(9, 1));
  CHECK(shop.Sellable("a") == 3);
}

TEST_CASE("a stop holds from the tick that names it to its second", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.List({{"a", 5}}, At(9, 0), At(9, 0));
  v1::StopSale stop;
  stop.set_id("recall");
  stop.set_sku("a");
  stop.set_expires_at_ms(At(10, 1));
  shop.Put("stop/recall", stop.SerializeAsString());
  CHECK(shop.Sellable("a") == 5);
  shop.Tick();
  CHECK(shop.Sellable("a") == 0);
  CHECK_FALSE(shop.oracle.Of("site", "1", "a").spoken);
  shop.now_ = At(10, 1);
  shop.Tick();
  CHECK(shop.Sellable("a") == 5);
}

TEST_CASE("rules come into force with the tick that names them", "[sim][oracle]") {
  Shop shop;
  StageRuleChoice rule;
  rule.safety_stock = {.subtract_milli = 2000, .percent_milli = {}};
  shop.oracle.AddRules("new", OneChannel(rule));
  shop.Begin(At(10, 0));
  shop.List({{"a", 5}}, At(9, 0), At(9, 0));
  CHECK(shop.Sellable("a") == 5);
  shop.Tick("new");
  CHECK(shop.Sellable("a") == 3);
  shop.Tick("unheard of");
  CHECK(shop.Sellable("a") == 3);
}

TEST_CASE("of the rules for a stage the most specific one holds", "[sim][oracle]") {
  RuleChoice rules;
  const auto add = [&](const std::string& id, shelf::sim::ScopeChoice when, int64_t units) {
    StageRuleChoice rule;
    rule.id = id;
    rule.when = std::move(when);
    rule.safety_stock = {.subtract_milli = units * 1000, .percent_milli = {}};
    rules.channels[0].rules.push_back(rule);
  };
  rules.channels.push_back(Channel("site"));
  add("all", {}, 1);
  add("store", {.items = {}, .category = {}, .stores = {"1"}, .groups = {}, .regions = {}}, 2);
  add("item", {.items = {"a"}, .category = {}, .stores = {}, .groups = {}, .regions = {}}, 3);
  Shop shop(rules);
  shop.Begin(At(10, 0));
  shop.List({{"a", 10}, {"b", 10}}, At(9, 0), At(9, 0));
  CHECK(shop.Sellable("a") == 7);
  CHECK(shop.Sellable("b") == 8);
}
