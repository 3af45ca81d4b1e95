#include "app/store_queries.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;
constexpr int64_t kMinuteMs = 60'000;

// Each store's book, complete through so many minutes ago; below 0: it never said.
class Chain {
 public:
  explicit Chain(const std::vector<std::pair<std::string, int64_t>>& minutes_behind) {
    for (const auto& [store, minutes] : minutes_behind) {
      const std::string claim =
          minutes < 0 ? ""
                      : absl::StrCat(R"("completeThroughMs":)", kNowMs - minutes * kMinuteMs, ",");
      running_.Take(absl::StrCat(R"({"topic":"stock-events","key":")", store,
                                 R"(","value":{"store":")", store,
                                 R"(","source":"erp","epoch":1,"sequence":1,"eventTimeMs":)",
                                 kNowMs, ",", claim, R"("heartbeat":{}}})"));
    }
  }
  void Tick() {
    running_.Take(absl::StrCat(
        R"({"topic":"stock-events","value":{"source":"shelfd","tick":{"timeMs":)", kNowMs, "}}}"));
  }
  Worker& worker() { return running_.worker(); }

 private:
  RunningWorker running_{kTwoChannels, nullptr};
};

std::vector<std::string> NamesOf(const Json& stores) {
  std::vector<std::string> names;
  for (const Json& store : stores) names.push_back(store.at("store"));
  return names;
}

}  // namespace

TEST_CASE("the list of stores shows what is missing of each source", "[app]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  const Json stores = ListStores(running.worker());
  REQUIRE(stores.size() == 1);
  CHECK(stores[0].at("store") == "1");
  CHECK(stores[0].at("frozen") == true);
  CHECK(stores[0].at("positions") == 2);
  const Json& erp = stores[0].at("sources").at(0);
  CHECK(erp.at("source") == "erp");
  CHECK(erp.at("role") == "book");
  CHECK(erp.at("low") == 4);
  CHECK(erp.at("gaps") == Json::parse(R"([{"first": 5, "last": 5}])"));
}

TEST_CASE("the worst stores are those that are not known at all, then the latest", "[app]") {
  Chain chain({{"a", 3}, {"late", 600}, {"silent", -1}, {"b", 3}, {"c", 0}});
  chain.Tick();
  using Names = std::vector<std::string>;
  CHECK(NamesOf(ListStores(chain.worker(), 2)) == Names{"silent", "late"});
  CHECK(NamesOf(ListStores(chain.worker(), 4)) == Names{"silent", "late", "a", "b"});
  CHECK(NamesOf(ListStores(chain.worker(), 99)).size() == 5);
  CHECK(NamesOf(ListStores(chain.worker())) == Names{"a", "late", "silent", "b", "c"});
}

TEST_CASE("the lag's summary puts each store with a lag into one range", "[app]") {
  Chain chain({{"a", 0}, {"b", 1}, {"c", 2}, {"d", 15}, {"e", 16}, {"f", 2000}, {"g", -1}});
  chain.Tick();
  CHECK(LagSummary(chain.worker().world()) == Json::parse(R"({
    "worst_store": "f", "worst_ms": 120000000, "unknown": 1, "frozen": 0, "state_lost": 0,
    "behind": {"up_to_1m": 2, "up_to_5m": 1, "up_to_15m": 1, "up_to_1h": 1, "up_to_4h": 0,
               "up_to_1d": 0, "over_1d": 1}})"));
}

TEST_CASE("before the first tick no store's lag is known", "[app]") {
  Chain chain({{"a", 0}, {"b", 5}});
  const Json summary = LagSummary(chain.worker().world());
  CHECK(summary.at("unknown") == 2);
  CHECK(summary.at("worst_store").is_null());
  CHECK(summary.at("worst_ms").is_null());
}

TEST_CASE("a store with a gap counts as frozen", "[app]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  CHECK(LagSummary(running.worker().world()).at("frozen") == 1);
}
