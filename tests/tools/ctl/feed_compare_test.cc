#include "ctl/feed_compare.h"

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "app/running_worker.h"
#include "ctl/compare_text.h"
#include "scenarios/script.h"
#include "state/memory_store.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kRules[] = R"(
version: 1
channels:
  site:
    methods: [collect]
    rules:
      - {id: all, sync_lag: [{over: 30m, keep: 50%}], safety_stock: {subtract: 2}, limits: {cap: 20}}
      - {id: picks, presence: {after_nil_pick: until_evidence}}
  market: {}
)";

// The state that a script leaves behind, opened as a copy of a checkpoint is.
class State {
 public:
  explicit State(const std::string& script) {
    RunningWorker running(kRules, &store_);
    std::istringstream lines(InputOf(script));
    for (std::string line; std::getline(lines, line);) running.Take(line);
    running.Stop();
    auto opened = OpenedWorld::Open(store_, {.rules = std::string(kRules)});
    REQUIRE(opened.ok());
    opened_ = *std::move(opened);
  }

  // "milk ours_lower safety_stock all: 10 / 8", by SKU.
  std::map<std::string, std::string> Differences(const ctl::Feed& feed) {
    std::map<std::string, std::string> found;
    comparison = ctl::CompareFeed(*opened_, opened_->world().ChannelNamed("site"), feed,
                                  [&](const ctl::FeedDifference& difference) {
                                    found[std::string(difference.sku)] = Line(difference);
                                  });
    return found;
  }

  OpenedWorld& opened() { return *opened_; }
  ctl::FeedComparison comparison;

 private:
  static std::string Units(const std::optional<int64_t>& milli) {
    return milli.has_value() ? std::to_string(*milli / 1000) : "-";
  }
  static std::string Line(const ctl::FeedDifference& difference) {
    std::string line(ctl::FeedVerdictName(difference.verdict));
    line += " " + std::string(difference.reason);
    if (!difference.rule.empty()) line += " by " + std::string(difference.rule);
    return line + ": " + Units(difference.feed_milli) + " / " + Units(difference.ours_milli);
  }

  MemoryStore store_;
  std::unique_ptr<OpenedWorld> opened_;
};

ctl::Feed FeedOf(const std::map<std::string, int64_t>& units, const std::string& store = "1") {
  ctl::Feed feed;
  feed.stores[store];
  for (const auto& [sku, quantity] : units) feed.Put(store, sku, quantity * 1000);
  return feed;
}

constexpr char kShop[] = R"(
  store 1 erp=book pos=early service=collect
  item a
  item b
  item c
  item d
  item e
)";

int64_t SumOfReasons(const ctl::StoreComparison& store, ctl::FeedVerdict verdict) {
  int64_t milli = 0;
  for (const auto& [reason, sum] : store.reasons) {
    if (reason.first == verdict) milli += sum.milli;
  }
  return milli;
}

}  // namespace

TEST_CASE("where ours is lower the stage that withholds most of the difference is the reason",
          "[ctl]") {
  State state(std::string(kShop) + R"(
    06:00 list 1/erp a=10 b=30 c=10 d=13 e=10
    06:00 reserve 1/oms R1 c=4
    06:01 sale 1/pos d=3
    06:01 pick 1/picking e=0/1
    06:02 tick
  )");
  // Ours: a 8, b 20, c 4, d 8, e 0.
  const auto found =
      state.Differences(FeedOf({{"a", 10}, {"b", 25}, {"c", 10}, {"d", 13}, {"e", 9}}));
  CHECK(found.at("a") == "ours_lower safety_stock by all: 10 / 8");
  CHECK(found.at("b") == "ours_lower limits by all: 25 / 20");
  CHECK(found.at("c") == "ours_lower reservation: 10 / 4");
  CHECK(found.at("d") == "ours_lower feed_older: 13 / 8");
  CHECK(found.at("e") == "ours_lower presence by picks: 9 / 0");
}

TEST_CASE("the parts of a difference add up to it, stage by stage from ours upwards", "[ctl]") {
  State state(std::string(kShop) + R"(
    06:00 list 1/erp a=40
    06:00 reserve 1/oms R1 a=5
    06:02 tick
  )");
  // 40, less 5 reserved, less 2 kept back, capped at 20; the feed knows of 10 more.
  state.Differences(FeedOf({{"a", 50}}));
  const auto& reasons = state.comparison.total.reasons;
  const auto part = [&](const char* reason) {
    return reasons.at({ctl::FeedVerdict::kOursLower, reason}).milli;
  };
  CHECK(part("limits") == 13'000);
  CHECK(part("safety_stock") == 2000);
  CHECK(part("reservation") == 5000);
  CHECK(part("stock") == 10'000);
  CHECK(SumOfReasons(state.comparison.total, ctl::FeedVerdict::kOursLower) == 30'000);
}

TEST_CASE("lag that has grown by the checkpoint's time is a reason", "[ctl]") {
  State state(std::string(kShop) + R"(
    06:00 list 1/erp a=10
    06:00 ticks 06:40
  )");
  CHECK(state.Differences(FeedOf({{"a", 8}})).at("a") == "ours_lower sync_lag by all: 8 / 3");
}

TEST_CASE("a number of before the last sale is known as such, whichever is higher", "[ctl]") {
  State state(std::string(kShop) + R"(
    06:00 list 1/erp a=4 b=9
    06:01 receipt 1/erp a=6
    06:02 tick
  )");
  const auto found = state.Differences(FeedOf({{"a", 4}, {"b", 3}}));
  CHECK(found.at("a") == "ours_higher feed_older: 4 / 8");
  CHECK(found.at("b") == "ours_higher stock: 3 / 7");
}

TEST_CASE("what the feed itself always keeps back is found and named", "[ctl]") {
  State state(std::string(kShop) + R"(
    06:00 list 1/erp a=10 b=15 c=12 d=4 e=9
    06:02 tick
  )");
  const auto found = state.Differences(FeedOf({{"a", 5}, {"b", 10}, {"c", 7}, {"d", 0}, {"e", 6}}));
  CHECK(state.comparison.buffer_milli == 5000);
  CHECK(found.at("a") == "ours_higher feed_buffer: 5 / 8");
  CHECK(found.at("b") == "ours_higher feed_buffer: 10 / 13");
  CHECK(found.at("d") == "ours_higher feed_buffer: 0 / 2");
  CHECK(found.at("e") == "ours_higher stock: 6 / 7");
}

TEST_CASE("keys of one side alone say why the other has none; at zero they are equal", "[ctl]") {
  State state(std::string(kShop) + R"(
    item gone blocked=site
    item stopped
    stop recall sku=stopped
    06:00 list 1/erp a=10 b=2 gone=3 stopped=4 mystery=5
    06:02 tick
  )");
  const auto found = state.Differences(
      FeedOf({{"gone", 3}, {"stopped", 4}, {"mystery", 5}, {"c", 6}, {"nobody", 7}, {"none", 0}}));
  CHECK(found.at("a") == "only_ours not_in_feed: - / 8");
  CHECK(found.at("gone") == "only_feed blocked: 3 / -");
  CHECK(found.at("stopped") == "only_feed stopped: 4 / -");
  CHECK(found.at("mystery") == "only_feed unknown_item: 5 / -");
  CHECK(found.at("c") == "only_feed no_stock_event: 6 / -");
  CHECK(found.at("nobody") == "only_feed unknown_item: 7 / -");
  CHECK(found.count("b") == 0);
  CHECK(found.count("none") == 0);
  CHECK(state.comparison.total.by_verdict[0].keys == 2);
}

TEST_CASE("what was published and stopped since is compared as the zero that it is", "[ctl]") {
  State state(std::string(kShop) + R"(
    06:00 list 1/erp a=10
    06:00 tick
    stop recall sku=a
    06:02 tick
  )");
  CHECK(state.Differences(FeedOf({{"a", 9}})).at("a") == "ours_lower stopped: 9 / 0");
}

TEST_CASE("each store has its share of keys at which nothing changes", "[ctl]") {
  State state(R"(
    store 1 erp=book service=collect
    store 2 erp=book service=collect
    store 3 erp=book service=collect
    item a
    item b
    06:00 list 1/erp a=10 b=10
    06:00 list 2/erp a=10 b=10
    06:00 list 3/erp a=10
    06:02 tick
  )");
  ctl::Feed feed = FeedOf({{"a", 8}, {"b", 8}}, "1");
  feed.Put("2", "a", 8000);
  feed.Put("2", "b", 10'000);
  feed.Put("9", "a", 1000);
  state.Differences(feed);
  const ctl::FeedComparison& comparison = state.comparison;
  REQUIRE(comparison.stores.size() == 3);
  CHECK(comparison.stores[0].ready() == 1);
  CHECK(comparison.stores[1].ready() == 0.5);
  CHECK(comparison.stores[2].store == "9");
  CHECK(comparison.stores[2].reasons.begin()->first.second == "unknown_store");
  CHECK(comparison.total.keys() == 5);
  CHECK(comparison.stores_not_in_feed == 1);
}

TEST_CASE("people see a table with the stores that are ready first, and the reasons", "[ctl]") {
  State state(R"(
    store 1 erp=book service=collect
    store 2 erp=book service=collect
    item a
    06:00 list 1/erp a=10
    06:00 list 2/erp a=10
    06:02 tick
  )");
  ctl::Feed feed = FeedOf({{"a", 10}}, "1");
  feed.Put("2", "a", 8000);
  feed.Refuse({.line = 4, .reason = "no store", .row = ",a,3"});
  state.Differences(feed);
  std::ostringstream out;
  const ctl::Json json = ctl::ComparisonJson(state.comparison, feed, "site", state.opened());
  ctl::ShowComparison(json, out);
  const std::string text = out.str();
  INFO(text);
  CHECK(text.find("channel site, our numbers as of 2026-11-02 06:02:00Z; the feed has 2 keys in "
                  "2 stores") != std::string::npos);
  CHECK(text.find("2         1  100.0%") < text.find("1         1    0.0%"));
  CHECK(text.find("ours lower  safety_stock      2     1  kept back") != std::string::npos);
  CHECK(text.find("line 4: no store: ,a,3") != std::string::npos);
  CHECK(json.at("total").at("ours_lower").at("milli") == 2000);
  CHECK(json.at("stores")[0].at("reasons")[0].at("reason") == "safety_stock");
}
