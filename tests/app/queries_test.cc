#include "app/queries.h"

#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;

class SmallWorld {
 public:
  SmallWorld() { TakeSmallWorld(running_); }
  Worker& worker() { return running_.worker(); }

 private:
  RunningWorker running_{kTwoChannels, nullptr};
};

}  // namespace

TEST_CASE("a position shows its anchor and what each channel was told", "[app]") {
  SmallWorld world;
  const auto position = GetPosition(world.worker(), "1", "A/1");
  REQUIRE(position.ok());
  CHECK(position->at("on_hand_milli") == 11'000);
  CHECK(position->at("name") == "Apple, red");
  CHECK(position->at("unit_of_measure") == "H87");
  CHECK(position->at("anchor").at("kind") == "book");
  CHECK(position->at("anchor").at("source") == "erp");
  CHECK(position->at("anchor").at("time_ms") == kNowMs);
  CHECK(position->at("watermark_ms") == kNowMs);
  CHECK(position->at("lag_ms") == 0);
  CHECK(position->at("nil_pick_ms").is_null());
  CHECK(position->at("channels") == Json::parse(R"([
    {"channel": "own-site", "sellable": 5, "status": "in_stock", "published": true,
     "acknowledged": true},
    {"channel": "market", "sellable": 11, "status": "in_stock", "published": true,
     "acknowledged": true}])"));
}

TEST_CASE("a position of an unknown item was never published", "[app]") {
  SmallWorld world;
  const auto position = GetPosition(world.worker(), "1", "B");
  REQUIRE(position.ok());
  CHECK(position->at("anchor").at("kind") == "count");
  CHECK(position->at("name").is_null());
  CHECK(position->at("channels").at(0).at("published") == false);
  CHECK(position->at("channels").at(0).at("acknowledged") == false);
}

TEST_CASE("what is not there is named", "[app]") {
  SmallWorld world;
  CHECK(GetPosition(world.worker(), "7", "A/1").status().message() == "no store 7");
  CHECK(absl::IsNotFound(GetPosition(world.worker(), "1", "C").status()));
}

TEST_CASE("the status counts what went through", "[app]") {
  SmallWorld world;
  const Json status = GetStatus(world.worker());
  CHECK(status.at("caught_up") == true);
  CHECK(status.at("incarnation") == 1);
  CHECK(status.at("stores") == 1);
  CHECK(status.at("lag").at("worst_store") == "1");
  CHECK(status.at("positions") == 2);
  CHECK(status.at("counters").at("ticks") == 1);
  CHECK(status.at("counters").at("records") == 7);
  CHECK(status.at("counters").at("published") == 2);
  CHECK(status.at("outbox").at("waiting") == 0);
  CHECK(status.at("bytes").at("positions") > 0);
  CHECK(status.at("channels") == Json::parse(R"(["own-site", "market"])"));
  CHECK(status.at("partitions").at(0).at("next_offset") == 9);
}
