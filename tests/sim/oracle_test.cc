// The oracle against the design page's own examples: who judges the daemon is judged by hand.
#include "sim/oracle.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "shelf/v1/availability.pb.h"
#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"
#include "sim/oracle_hours.h"
#include "support/catch.h"
#include "support/store_documents.h"

using shelf::sim::ChannelChoice;
using shelf::sim::Fate;
using shelf::sim::FateKind;
using shelf::sim::LagTierChoice;
using shelf::sim::Oracle;
using shelf::sim::RuleChoice;
using shelf::sim::StageRuleChoice;
using shelf::sim::Verdict;
using shelf::sim::oracle::Hours;
using shelf::sim::oracle::TradingTime;
using shelf::sim::oracle::Week;
namespace v1 = shelf::v1;

namespace {

constexpr int64_t kDay = 1'793'577'600'000;  // 2026-11-02 00:00 UTC, a Monday
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;

int64_t At(int hour, int minute) { return kDay + hour * kHourMs + minute * kMinuteMs; }

ChannelChoice Channel(const std::string& name, std::vector<StageRuleChoice> rules = {}) {
  ChannelChoice channel;
  channel.name = name;
  channel.rules = std::move(rules);
  return channel;
}

RuleChoice OneChannel(StageRuleChoice rule) {
  RuleChoice choice;
  rule.id = "r";
  choice.channels.push_back(Channel("site", {std::move(rule)}));
  return choice;
}

// One partition, stores "1" and "2", items "a" and "b", ticks by hand.
class Shop {
 public:
  explicit Shop(const RuleChoice& rules = {.groups = {}, .channels = {Channel("site")}}) {
    oracle.AddRules("rules", rules);
  }

  void Put(const std::string& key, const std::string& value) {
    oracle.AddReference(reference_++, key, value);
  }
  void PutStore(const v1::Store& store) {
    Put("store/" + store.store(), store.SerializeAsString());
  }
  void PutUsual() {
    for (const char* name : {"1", "2"}) {
      v1::Store store;
      store.set_store(name);
      PutStore(store);
    }
    for (const char* sku : {"a", "b"}) {
      v1::Item item;
      item.set_sku(sku);
      Put(std::string("item/") + sku, item.SerializeAsString());
    }
  }

  int64_t Append(const v1::StockEvent& event) {
    oracle.AddInput(0, next_, now_, event.has_tick() ? "" : event.store(),
                    event.SerializeAsString());
    oracle.AdvanceTo(0, ++next_);
    return next_ - 1;
  }
  // A tick each second would tell the same: none is missing for more than ten seconds.
  void TickTo(int64_t to, const std::string& rules = "") {
    for (; now_ < to; now_ = std::min(to, now_ + 10'000)) Tick(rules);
    Tick(rules);
  }
  void Tick(const std::string& rules = "") {
    v1::StockEvent event;
    event.set_source("shelfd");
    event.set_epoch(2);
    event.mutable_tick()->set_time_ms(now_);
    event.mutable_tick()->set_rule_set(rules);
    event.mutable_tick()->set_reference_offset(reference_ - 1);
    Append(event);
  }
  void Begin(int64_t at) {
    now_ = at;
    PutUsual();
    Tick();
  }

  void Sell(const std::string& source, const std::string& sku, int64_t units, int64_t at,
            int64_t claim = 0) {
    v1::StockEvent event = documents.Movement("1", source, v1::REASON_SALE, sku, -units, at);
    event.set_complete_through_ms(claim);
    Append(event);
  }
  void Claim(const std::string& source, int64_t claim) {
    v1::StockEvent event = documents.Next("1", source, now_);
    event.mutable_heartbeat();
    event.set_complete_through_ms(claim);
    Append(event);
  }
  void List(std::vector<std::pair<std::string, int64_t>> units, int64_t at, int64_t claim) {
    for (v1::StockEvent& part : documents.List("1", units, at)) {
      part.set_complete_through_ms(claim);
      Append(part);
    }
  }
  void Count(const std::string& sku, int64_t units, int64_t at) {
    Append(documents.Count("1", sku, units, at));
  }

  int64_t OnHand(const std::string& sku) const {
    return oracle.Of("site", "1", sku).on_hand_milli / 1000;
  }
  int64_t Sellable(const std::string& sku, const std::string& channel = "site") const {
    return oracle.Of(channel, "1", sku).sellable;
  }

  Oracle oracle;
  shelf::StoreDocuments documents;
  int64_t now_ = 0;

 private:
  int64_t next_ = 0;
  int64_t reference_ = 0;
};

}  // namespace

TEST_CASE("a sale of 09:30 stays deducted under a list of 10:00 that is complete through 09:00",
          "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 5));
  shop.Sell("pos", "a", 2, At(9, 30));
  shop.Sell("pos", "a", 1, At(8, 30));
  shop.List({{"a", 10}}, At(10, 0), At(9, 0));
  CHECK(shop.OnHand("a") == 8);
  CHECK(shop.oracle.WatermarkMs("1") == At(9, 0));
}

TEST_CASE("the same sale through the till and the book is deducted once", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.List({{"a", 10}}, At(8, 0), At(8, 0));
  shop.Sell("pos", "a", 2, At(9, 0));
  CHECK(shop.OnHand("a") == 8);
  shop.Sell("erp", "a", 2, At(9, 0));
  CHECK(shop.OnHand("a") == 6);
  shop.Claim("erp", At(9, 0));
  CHECK(shop.OnHand("a") == 8);
}

TEST_CASE("a count covers what is older and what is newer stays on top of it", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.Sell("pos", "a", 1, At(9, 30));
  shop.Sell("erp", "a", 5, At(8, 0));
  shop.Count("a", 7, At(9, 0));
  CHECK(shop.OnHand("a") == 6);
  shop.Sell("erp", "a", 3, At(8, 59));
  CHECK(shop.OnHand("a") == 6);
}

TEST_CASE("of two sources within two minutes the lower statement holds", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.List({{"a", 9}}, At(9, 0), At(9, 0));
  shop.Count("a", 12, At(9, 2));
  CHECK(shop.OnHand("a") == 9);
  shop.Count("a", 4, At(9, 1));
  CHECK(shop.OnHand("a") == 4);
}

TEST_CASE("a whole list empties what it leaves out and one with a wrong end does not",
          "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.List({{"a", 9}, {"b", 5}}, At(8, 0), At(8, 0));
  auto parts =
      shop.documents.List("1", std::vector<std::pair<std::string, int64_t>>{{"a", 7}}, At(9, 0));
  parts[2].mutable_snapshot_end()->set_line_count(3);
  Fate fate;
  for (const v1::StockEvent& part : parts) fate = shop.oracle.FateOf(0, shop.Append(part));
  CHECK(fate.kind == FateKind::kRejected);
  CHECK(fate.reason == "snapshot_mismatch");
  CHECK(shop.OnHand("a") == 7);
  CHECK(shop.OnHand("b") == 5);
  CHECK(shop.oracle.WatermarkMs("1") == At(8, 0));
  shop.List({{"a", 6}}, At(9, 30), At(9, 30));
  CHECK(shop.OnHand("b") == 0);
  CHECK(shop.oracle.WatermarkMs("1") == At(9, 30));
}

TEST_CASE("a gap freezes the promise until what is missing has come", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.Claim("erp", At(8, 0));
  const v1::StockEvent late =
      shop.documents.Movement("1", "erp", v1::REASON_SALE, "a", -1, At(9, 0));
  shop.Claim("erp", At(9, 30));
  CHECK(shop.oracle.WatermarkMs("1") == At(8, 0));
  CHECK(shop.oracle.Frozen("1"));
  shop.Append(late);
  CHECK(shop.oracle.WatermarkMs("1") == At(9, 30));
  CHECK(shop.oracle.FateOf(0, shop.Append(late)).kind == FateKind::kDuplicate);
}

TEST_CASE("a till that starts over is whole again when the book has passed it", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  v1::Store store;
  store.set_store("1");
  v1::Source& till = *store.add_sources();
  till.set_name("pos");
  till.set_role(v1::SOURCE_ROLE_EARLY);
  till.set_required(true);
  shop.PutStore(store);
  shop.Tick();
  shop.Claim("erp", At(8, 0));
  shop.Claim("pos", At(9, 0));
  CHECK(shop.oracle.WatermarkMs("1") == At(9, 0));
  shop.documents.StartOver("1", "pos");
  shop.Sell("pos", "a", 1, At(9, 10), At(9, 10));
  CHECK(shop.oracle.WatermarkMs("1") == At(9, 0));
  CHECK(shop.oracle.Frozen("1"));
  shop.Claim("erp", At(9, 10));
  CHECK_FALSE(shop.oracle.Frozen("1"));
  CHECK(shop.oracle.WatermarkMs("1") == At(9, 10));
  v1::StockEvent old = shop.documents.Movement("1", "pos", v1::REASON_SALE, "a", -1, At(9, 20));
  old.set_epoch(1);
  CHECK(shop.oracle.FateOf(0, shop.Append(old)).reason == "old_epoch");
}

TEST_CASE("what is more than five minutes ahead is refused and uses up its number",
          "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  v1::StockEvent event =
      shop.documents.Movement("1", "erp", v1::REASON_SALE, "a", -1, At(10, 5) + 1);
  CHECK(shop.oracle.FateOf(0, shop.Append(event)).reason == "future_time");
  shop.Claim("erp", At(10, 5));
  CHECK(shop.oracle.WatermarkMs("1") == At(10, 5));
}

TEST_CASE("bad lines are refused one by one", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  v1::StockEvent event = shop.documents.Movement("1", "erp", v1::REASON_RECEIPT, "a", 4, At(9, 0));
  event.mutable_deltas()->add_lines()->set_quantity_milli(1000);
  v1::DeltaLine& unknown = *event.mutable_deltas()->add_lines();
  unknown.set_sku("b");
  unknown.set_reason(static_cast<v1::Reason>(77));
  const Fate fate = shop.oracle.FateOf(0, shop.Append(event));
  CHECK(fate.kind == FateKind::kApplied);
  CHECK(fate.lines == std::vector<std::string>{"empty_sku", "unknown_reason"});
  CHECK(shop.OnHand("a") == 4);
  CHECK(shop.oracle.Positions().size() == 1);
}

TEST_CASE("a record that cannot be placed is refused and uses up nothing", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  const v1::StockEvent event =
      shop.documents.Movement("1", "erp", v1::REASON_SALE, "a", -1, At(9, 0));
  shop.oracle.AddInput(0, 100, At(10, 0), "2", event.SerializeAsString());
  shop.oracle.AddInput(0, 101, At(10, 0), "1", "\xff\xff");
  shop.oracle.AddInput(0, 102, At(10, 0), "1", event.SerializeAsString());
  CHECK(shop.oracle.FateOf(0, 100).kind == FateKind::kPending);
  shop.oracle.AdvanceTo(0, 103);
  CHECK(shop.oracle.FateOf(0, 100).reason == "wrong_key");
  CHECK(shop.oracle.FateOf(0, 101).reason == "malformed");
  CHECK(shop.oracle.FateOf(0, 102).kind == FateKind::kApplied);
}

TEST_CASE("a reservation holds until a document names it or its time has passed", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.List({{"a", 10}}, At(9, 0), At(9, 0));
  const auto reserve = [&](const std::string& id, int64_t units, int64_t expires) {
    v1::StockEvent event = shop.documents.Next("1", "oms", At(9, 0));
    event.mutable_reserve()->set_reservation_id(id);
    event.mutable_reserve()->set_expires_at_ms(expires);
    v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
    line.set_sku("a");
    line.set_quantity_milli(units * 1000);
    shop.Append(event);
  };
  reserve("x", 3, 0);
  reserve("y", 2, At(9, 30));
  CHECK(shop.Sellable("a") == 5);
  v1::StockEvent sale = shop.documents.Movement("1", "pos", v1::REASON_SALE, "a", -2, At(9, 10));
  sale.mutable_deltas()->set_settles_reservation("x");
  sale.mutable_deltas()->set_settles_in_part(true);
  shop.Append(sale);
  CHECK(shop.oracle.Of("site", "1", "a").reserved_milli == 3000);
  CHECK(shop.Sellable("a") == 5);
  shop.Claim("erp", At(9, 30));
  CHECK(shop.oracle.Of("site", "1", "a").reserved_milli == 1000);
  shop.now_ = At(9 + 24, 0);
  shop.Tick();
  CHECK(shop.oracle.Of("site", "1", "a").reserved_milli == 0);
}

TEST_CASE("a settlement that comes before its reservation is remembered", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.List({{"a", 10}}, At(9, 0), At(9, 0));
  v1::StockEvent sale = shop.documents.Movement("1", "pos", v1::REASON_SALE, "a", -2, At(9, 10));
  sale.mutable_deltas()->set_settles_reservation("x");
  shop.Append(sale);
  v1::StockEvent event = shop.documents.Next("1", "oms", At(9, 5));
  event.mutable_reserve()->set_reservation_id("x");
  event.mutable_reserve()->add_lines()->set_sku("a");
  event.mutable_reserve()->mutable_lines(0)->set_quantity_milli(2000);
  shop.Append(event);
  CHECK(shop.Sellable("a") == 8);
}

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

TEST_CASE("a count older than what the store keeps is refused", "[sim][oracle]") {
  Shop shop;
  shop.Begin(At(10, 0));
  shop.Sell("erp", "a", 1, At(9, 0));
  shop.now_ = At(9 + 7 * 24, 0) + 1;
  shop.Tick();
  const Fate fate = shop.oracle.FateOf(0, shop.Append(shop.documents.Count("1", "a", 4, At(8, 0))));
  CHECK(fate.lines == std::vector<std::string>{"count_beyond_history"});
  CHECK(shop.OnHand("a") == -1);
}
