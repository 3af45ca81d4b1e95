#include "app/funnel.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;

// `careful` sets every stage that there is; `market` none; no store offers what `courier` needs.
constexpr char kRules[] = R"(
version: 1
channels:
  careful:
    limited_at: 2
    rules:
      - id: all
        sync_lag: [{over: 30m, keep: 50%}]
        presence: {after_nil_pick: until_evidence}
        safety_stock: {subtract: 1}
        limits: {cap: 6}
  market: {}
  courier:
    methods: [courier]
)";

std::string EventLine(const char* store, const char* source, int sequence,
                      const std::string& rest) {
  return absl::StrCat(R"({"topic":"stock-events","key":")", store, R"(","value":{"store":")", store,
                      R"(","source":")", source, R"(","epoch":1,"sequence":)", sequence,
                      R"(,"eventTimeMs":)", kNowMs, ",", rest, "}}");
}

std::string CountLine(const char* sku, int milli) {
  return absl::StrCat(R"({"sku":")", sku, R"(","quantityMilli":)", milli, "}");
}

std::string Counts(const std::string& lines) {
  return absl::StrCat(R"("counts":{"lines":[)", lines, "]}");
}

std::string Complete(int64_t minutes_ago) {
  return absl::StrCat(R"("completeThroughMs":)", kNowMs - minutes_ago * 60'000,
                      R"(,"heartbeat":{})");
}

std::string Tick() {
  return absl::StrCat(R"({"topic":"stock-events","value":{"source":"shelfd","tick":{"timeMs":)",
                      kNowMs, "}}}");
}

// Store 1 is known to now, store 2 to an hour ago, store 3 is closed and 4 unknown. The item
// `ghost` is unknown, `weighed` is sold by the tenth of a unit.
class Chain {
 public:
  Chain() {
    for (
        const char* record :
        {R"({"topic":"reference","key":"store/1","value":{"store":"1"}})",
         R"({"topic":"reference","key":"store/2","value":{"store":"2"}})",
         R"({"topic":"reference","key":"store/3","value":{"store":"3","closed":true}})",
         R"({"topic":"reference","key":"item/many","value":{"sku":"many"}})",
         R"({"topic":"reference","key":"item/one","value":{"sku":"one"}})",
         R"({"topic":"reference","key":"item/none","value":{"sku":"none"}})",
         R"({"topic":"reference","key":"item/missed","value":{"sku":"missed"}})",
         R"({"topic":"reference","key":"item/weighed","value":{"sku":"weighed","stepMilli":100}})"}) {
      running_.Take(record);
    }
    for (const char* store : {"1", "2", "3", "4"}) {
      running_.Take(EventLine(
          store, "scan", 1,
          Counts(absl::StrCat(CountLine("many", 20'000), ",", CountLine("one", 1'000), ",",
                              CountLine("none", 0), ",", CountLine("ghost", 7'000)))));
      running_.Take(EventLine(store, "erp", 1, Complete(*store == '2' ? 60 : 0)));
    }
    running_.Take(EventLine(
        "1", "scan", 2,
        Counts(absl::StrCat(CountLine("missed", 4'000), ",", CountLine("weighed", 3'150)))));
    running_.Take(EventLine("1", "picking", 1,
                            R"("pickResults":{"lines":[{"sku":"missed","requestedMilli":1000}]})"));
    running_.Take(Tick());
    running_.Turn();
  }

  Worker& worker() { return running_.worker(); }
  RunningWorker& running() { return running_; }

  // All of it, so many positions a slice.
  Json Funnel(uint32_t slice, const std::string& channel = "") {
    absl::StatusOr<FunnelScan> scan = FunnelScan::Begin(worker(), channel);
    REQUIRE(scan.ok());
    while (!scan->done()) scan->Take(worker(), slice);
    return FunnelJson(*scan, 1, 2);
  }

 private:
  RunningWorker running_{kRules, nullptr};
};

Json StageOf(const Json& channel, Stage stage) {
  return channel.at("stages").at(static_cast<size_t>(stage));
}

Json Took(const char* stage, int64_t withheld_milli, int positions, int emptied) {
  return {{"stage", stage},
          {"withheld_milli", withheld_milli},
          {"positions", positions},
          {"emptied", emptied}};
}

}  // namespace

TEST_CASE("a funnel shows what each stage withholds from a channel", "[app]") {
  Chain chain;
  const Json careful = chain.Funnel(1000).at("channels").at(0);
  CHECK(careful.at("channel") == "careful");
  // Four stores of 20 + 1 + 7; 4 + 3.15 in store 1.
  CHECK(careful.at("base_milli") == 119'150);
  CHECK(careful.at("with_base") == 14);
  // Stores 3 and 4 with 28 each, and the ghosts of 1 and 2.
  CHECK(StageOf(careful, Stage::kEligibility) == Took("eligibility", 70'000, 8, 8));
  // Store 2 keeps half: 10 of 20, and none of 1.
  CHECK(StageOf(careful, Stage::kSyncLag) == Took("sync_lag", 11'000, 2, 1));
  CHECK(StageOf(careful, Stage::kPresence) == Took("presence", 4'000, 1, 1));
  // One each of 20, 1 and 3.15 in store 1 and of 10 in store 2.
  CHECK(StageOf(careful, Stage::kSafetyStock) == Took("safety_stock", 4'000, 4, 1));
  CHECK(StageOf(careful, Stage::kAllocation) == Took("allocation", 0, 0, 0));
  // 19 and 9 are capped at 6, 2.15 is rounded to 2.1.
  CHECK(StageOf(careful, Stage::kLimits) == Took("limits", 16'050, 3, 0));
  CHECK(careful.at("sellable_milli") == 14'100);
}

TEST_CASE("every key of a funnel is in stock, limited, out of stock or ineligible", "[app]") {
  Chain chain;
  const Json channels = chain.Funnel(1000).at("channels");
  CHECK(channels.at(0).at("keys") ==
        Json{{"in_stock", 3}, {"limited", 0}, {"out_of_stock", 5}, {"ineligible", 10}});
  CHECK(channels.at(0).at("ineligible") ==
        Json{{"unknown_store", 4}, {"unknown_item", 3}, {"store_closed", 3}});
  CHECK(channels.at(2).at("ineligible").at("no_service") == 8);
  CHECK(channels.at(0).at("never_published") == 10);
}

TEST_CASE("what is withheld and what may be sold add up to the base in every channel", "[app]") {
  Chain chain;
  const Json funnel = chain.Funnel(1000);
  for (const Json& channel : funnel.at("channels")) {
    CAPTURE(channel.at("channel").dump());
    int64_t milli = channel.at("base_milli");
    uint64_t emptied = 0;
    for (const Json& stage : channel.at("stages")) {
      milli -= stage.at("withheld_milli").get<int64_t>();
      emptied += stage.at("emptied").get<uint64_t>();
    }
    CHECK(milli == channel.at("sellable_milli"));
    const Json& keys = channel.at("keys");
    const uint64_t sold = keys.at("in_stock").get<uint64_t>() + keys.at("limited").get<uint64_t>();
    CHECK(channel.at("with_base") == sold + emptied);
  }
}

TEST_CASE("a funnel in slices of any size is the same", "[app]") {
  Chain chain;
  const Json whole = chain.Funnel(1000);
  CHECK(whole.at("positions") == 18);
  CHECK(chain.Funnel(1) == whole);
  CHECK(chain.Funnel(7) == whole);
}

TEST_CASE("a funnel of one channel is that channel's part of all", "[app]") {
  Chain chain;
  const Json all = chain.Funnel(1000).at("channels");
  const Json one = chain.Funnel(1000, "market").at("channels");
  REQUIRE(one.size() == 1);
  CHECK(one.at(0) == all.at(1));
  CHECK(absl::IsNotFound(FunnelScan::Begin(chain.worker(), "shop").status()));
}

TEST_CASE("a funnel agrees with what was decided last, and decides nothing", "[app]") {
  Chain chain;
  const uint64_t evaluations = chain.worker().evaluator().evaluations();
  const Json funnel = chain.Funnel(1000);
  for (const Json& channel : funnel.at("channels")) {
    CHECK(channel.at("undecided") == 0);
  }
  CHECK(chain.worker().evaluator().evaluations() == evaluations);
  CHECK(chain.worker().idle());
}

TEST_CASE("a funnel tells keys that were decided otherwise", "[app]") {
  Chain chain;
  chain.worker().world().positions.SlotOf(PositionId(0), ChannelId(1)).sellable = 3;
  CHECK(chain.Funnel(1000).at("channels").at(1).at("undecided") == 1);
}

TEST_CASE("positions that come while a funnel is counted are not in it", "[app]") {
  Chain chain;
  absl::StatusOr<FunnelScan> scan = FunnelScan::Begin(chain.worker(), "");
  REQUIRE(scan.ok());
  scan->Take(chain.worker(), 5);
  chain.running().Take(EventLine("1", "scan", 3, Counts(CountLine("new", 5'000))));
  scan->Take(chain.worker(), 1000);
  CHECK(scan->done());
  CHECK(scan->seen() == 18);
  CHECK(chain.Funnel(1000).at("positions") == 19);
}

TEST_CASE("sums beyond an int64 are left open and counts stay", "[app]") {
  ChannelSum sum;
  Decision decision;
  decision.base_milli = INT64_MAX;
  uint32_t sellable = 0;
  uint8_t flags = 0;
  for (int i = 0; i < 3; ++i) sum.Add(decision, 1000, Slot{sellable, flags});
  CHECK(sum.base_milli == MilliSum(INT64_MAX) * 3);
  CHECK(sum.positions == 3);
}

TEST_CASE("before the log is caught up nothing is counted", "[app]") {
  RunningWorker running(kRules, nullptr);
  CHECK(absl::IsUnavailable(FunnelScan::Begin(running.worker(), "").status()));
}

TEST_CASE("a whole funnel is counted between the turns of a running worker", "[app]") {
  Chain chain;
  int slices = 0;
  const absl::StatusOr<Json> funnel =
      CountFunnel("", 0, [&](const std::function<absl::Status(Worker&)>& slice) {
        ++slices;
        const absl::Status status = slice(chain.worker());
        chain.running().Turn();
        return status;
      });
  REQUIRE(funnel.ok());
  CHECK(funnel->at("channels") == chain.Funnel(1000).at("channels"));
  CHECK(funnel->at("time_ms").at("from") <= funnel->at("time_ms").at("to"));
  CHECK(slices == 2);  // the start, and all 18 at once
}

TEST_CASE("an error between two slices ends the count", "[app]") {
  Chain chain;
  const absl::StatusOr<Json> funnel =
      CountFunnel("", 0, [&](const std::function<absl::Status(Worker&)>& slice) {
        const absl::Status status = slice(chain.worker());
        return status.ok() ? absl::DeadlineExceededError("too late") : status;
      });
  CHECK(absl::IsDeadlineExceeded(funnel.status()));
}
