#include "app/order_queries.h"

#include "app/explain.h"
#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;

// Channel `own` deducts its own reservations itself.
constexpr char kOwn[] = R"(
version: 1
channels:
  own: {own_reservations_taken_off: true}
  market: {}
)";

// The small world with 3 of its 11 A/1 reserved by `own`, 2 by nobody in particular, and two
// deliveries on their way.
class OrderedWorld {
 public:
  OrderedWorld() {
    TakeSmallWorld(running_);
    for (
        const char* line : {
            R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"oms","epoch":"1","sequence":"1","eventTimeMs":"1793599200000","reserve":{"reservationId":"R1","channel":"own","expiresAtMs":"1793602800000","lines":[{"sku":"A/1","quantityMilli":"3000"}]}}})",
            R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"oms","epoch":"1","sequence":"2","eventTimeMs":"1793599200000","reserve":{"reservationId":"R2","lines":[{"sku":"A/1","quantityMilli":"2000"}]}}})",
            R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"7","eventTimeMs":"1793599200000","expectedReceipts":{"document":"late","lines":[{"sku":"A/1","quantityMilli":"6000"}]}}})",
            R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"8","eventTimeMs":"1793599200000","expectedReceipts":{"document":"soon","dueMs":"1793602800000","lines":[{"sku":"A/1","quantityMilli":"4000"},{"sku":"B","quantityMilli":"1000"}]}}})",
        }) {
      running_.Take(line);
    }
  }
  RunningWorker& running() { return running_; }
  Worker& worker() { return running_.worker(); }

 private:
  RunningWorker running_{kOwn, nullptr};
};

absl::StatusOr<Json> ExplainOf(OrderedWorld& world, const std::string& channel) {
  return ExplainKey(world.worker().world(), world.worker().evaluator(), {channel, "1", "A/1"});
}

}  // namespace

TEST_CASE("a position shows who holds how much of it, and what is on its way", "[app]") {
  OrderedWorld world;
  const auto position = GetPosition(world.worker(), "1", "A/1");
  REQUIRE(position.ok());
  CHECK(position->at("on_hand_milli") == 11'000);
  CHECK(position->at("reserved_milli") == 5'000);
  CHECK(position->at("reservations") == Json::parse(R"([
    {"reservation": "R1", "channel": "own", "quantity_milli": 3000, "expires_ms": 1793602800000},
    {"reservation": "R2", "channel": null, "quantity_milli": 2000, "expires_ms": 1793685600000}])"));
  CHECK(position->at("expected_milli") == 10'000);
  CHECK(position->at("expected") == Json::parse(R"([
    {"document": "soon", "quantity_milli": 4000, "due_ms": 1793602800000},
    {"document": "late", "quantity_milli": 6000, "due_ms": null}])"));
}

TEST_CASE("an explanation's base is what is left after the reservations that concern the channel",
          "[app]") {
  OrderedWorld world;
  const auto market = ExplainOf(world, "market");
  REQUIRE(market.ok());
  CHECK(market->at("facts").at("reserved_milli") == 5'000);
  CHECK(market->at("base_milli") == 6'000);
  CHECK(market->at("last").at("sellable") == 6);
  CHECK(market->at("until_ms") == kNowMs + kMaxHoldMs);
  const auto own = ExplainOf(world, "own");
  REQUIRE(own.ok());
  CHECK(own->at("facts").at("reserved_milli") == 2'000);
  CHECK(own->at("base_milli") == 9'000);
  CHECK(own->at("position").at("reserved_milli") == 5'000);
}

TEST_CASE("a position that nobody ordered has nothing reserved and no end", "[app]") {
  OrderedWorld world;
  const auto position = GetPosition(world.worker(), "1", "B");
  REQUIRE(position.ok());
  CHECK(position->at("reserved_milli") == 0);
  CHECK(position->at("reservations").empty());
  CHECK(position->at("expected_milli") == 1'000);
  CHECK(ReservedUntil(world.worker().world(), PositionId(1)) == kNever);
}

TEST_CASE("of more documents than are listed the sum is still of all", "[app]") {
  OrderedWorld world;
  for (size_t n = 0; n < kDocumentsListedMax; ++n) {
    const std::string place = std::to_string(n + 3);
    world.running().Take(
        R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"oms","epoch":"1","sequence":")" +
        place + R"(","eventTimeMs":"1793599200000","reserve":{"reservationId":"N)" + place +
        R"(","lines":[{"sku":"A/1","quantityMilli":"1000"}]}}})");
  }
  const auto position = GetPosition(world.worker(), "1", "A/1");
  REQUIRE(position.ok());
  CHECK(position->at("reservations").size() == kDocumentsListedMax);
  CHECK(position->at("reserved_milli") ==
        5'000 + 1'000 * static_cast<int64_t>(kDocumentsListedMax));
}

TEST_CASE("the status counts reservations of more than there was", "[app]") {
  OrderedWorld world;
  CHECK(GetStatus(world.worker()).at("counters").at("reserved_beyond") == 0);
  world.running().Take(
      R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"oms","epoch":"1","sequence":"3","eventTimeMs":"1793599200000","reserve":{"reservationId":"R3","lines":[{"sku":"B","quantityMilli":"4000"}]}}})");
  CHECK(GetStatus(world.worker()).at("counters").at("reserved_beyond") == 1);
}
