#include "app/hold_queries.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;

// Store 1 has 30 items of 2 and one of 9; its next list says that there are none.
class Shop {
 public:
  Shop() {
    Tick();
    std::string lines = R"({"sku":"big","quantityMilli":"9000"})";
    for (int i = 0; i < 30; ++i) {
      absl::StrAppend(&lines, R"(,{"sku":"i)", i, R"(","quantityMilli":"2000"})");
    }
    List("whole", 1, lines, 31);
    List("cut", 4, "", 0);
  }

  Worker& worker() { return running_.worker(); }
  void Take(const std::string& value) {
    running_.Take(absl::StrCat(R"({"topic":"stock-events","key":"1","value":{)", value, "}}"));
  }

 private:
  void Tick() { Take(absl::StrCat(R"("source":"shelfd","tick":{"timeMs":")", kNowMs, R"("})")); }
  void Part(int sequence, const std::string& body) {
    Take(absl::StrCat(R"("store":"1","source":"erp","epoch":"1","sequence":")", sequence,
                      R"(","eventTimeMs":")", kNowMs, R"(",)", body));
  }
  void List(const std::string& id, int sequence, const std::string& lines, int count) {
    const std::string name = absl::StrCat(R"("snapshotId":")", id, R"(")");
    Part(sequence, absl::StrCat(R"("snapshotBegin":{)", name, "}"));
    Part(sequence + 1, absl::StrCat(R"("snapshotChunk":{)", name, R"(,"lines":[)", lines, "]}"));
    Part(sequence + 2,
         absl::StrCat(R"("snapshotEnd":{)", name, R"(,"lineCount":")", count, R"("})"));
  }

  RunningWorker running_{kTwoChannels, nullptr};
};

HoldDecision Release(const std::string& store) {
  return {.store = store, .snapshot_id = "cut", .action = ListAction::kRelease, .by = "Ada"};
}

}  // namespace

TEST_CASE("the lists that wait say what they would do, the largest first", "[app]") {
  Shop shop;
  const Json holds = ListHolds(shop.worker().world(), "");
  REQUIRE(holds.size() == 1);
  const Json& hold = holds[0];
  CHECK(hold.at("store") == "1");
  CHECK(hold.at("snapshot") == "cut");
  CHECK(hold.at("source") == "erp");
  CHECK(hold.at("since_ms") == kNowMs);
  CHECK(hold.at("in_stock") == 31);
  CHECK(hold.at("would_be_zeroed") == 31);
  CHECK(hold.at("share_percent") == 100);
  CHECK(hold.at("too_old") == false);
  REQUIRE(hold.at("largest").size() == 5);
  CHECK(hold.at("largest")[0].at("sku") == "big");
  CHECK(hold.at("largest")[0].at("on_hand_milli") == 9000);
  CHECK(ListHolds(shop.worker().world(), "2").empty());
  CHECK(CountHolds(shop.worker().world()) == 1);
  CHECK(GetStatus(shop.worker()).at("holds") == 1);
}

TEST_CASE("a decision is in force when it has come back through the log", "[app]") {
  Shop shop;
  int questions = 0;
  const auto answer = DecideHold(Release("1"), 60'000, [&](auto question) {
    if (++questions == 2) {
      shop.Take(
          R"("store":"1","source":"shelfd","listDecision":{"snapshotId":"cut","action":"ACTION_RELEASE"})");
    }
    return question(shop.worker());
  });
  REQUIRE(answer.ok());
  CHECK(answer->at("in_force") == true);
  CHECK(answer->at("snapshot") == "cut");
  CHECK(answer->at("action") == "release");
  CHECK(answer->at("by") == "Ada");
  CHECK(CountHolds(shop.worker().world()) == 0);
}

TEST_CASE("a decision that has not come back in time is said to be in the log", "[app]") {
  Shop shop;
  const auto ask = [&](auto question) { return question(shop.worker()); };
  const auto answer = DecideHold(Release("1"), 0, ask);
  REQUIRE(answer.ok());
  CHECK(answer->at("in_force") == false);
  CHECK(absl::IsNotFound(DecideHold(Release("2"), 0, ask).status()));
}
