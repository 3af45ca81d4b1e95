// What changed outside while the daemon was away: reference data that its topic has forgotten, and
// where a channel's numbers go.
#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

TEST_CASE("a stop that was lifted so long ago that nothing tells of it any more is lifted",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StopSale stop;
  stop.set_id("recall");
  stop.set_sku("A");
  harness.log().Append("reference", 0, "stop/recall", stop.SerializeAsString());
  harness.Settle();
  REQUIRE(harness.Said("market/1/A") == "10 0");
  harness.Crash();
  // As the topic is when it was compacted since: what still holds stands behind where we were.
  const int64_t begin = harness.log().HighWatermark("reference", 0);
  PutReference(harness);
  harness.log().TrimBefore("reference", 0, begin);
  SECTION("when the reference data is taken anew") {
    harness.reference_anew = true;
    REQUIRE(harness.Start().ok());
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 0 10");
    CHECK(harness.worker().world().reference.FindItem("A") != nullptr);
    harness.reference_anew = false;
    harness.Restart();
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 0 10");
  }
  SECTION("but not by the tail of the topic") {
    REQUIRE(harness.Start().ok());
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 0");
  }
}

TEST_CASE("an item's ids that changed while the daemon was away are said", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Settle();
  harness.Crash();
  v1::Item item;
  item.set_sku("A");
  (*item.mutable_channel_ids())["market"] = "M-1";
  harness.log().Append("reference", 0, "item/A", item.SerializeAsString());
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 10");
  CHECK(harness.Newest().at("market/1/A").channel_sku() == "M-1");
}

TEST_CASE("reference data taken anew that is as it was changes nothing", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  const int64_t records = harness.RecordsIn("availability");
  harness.reference_anew = true;
  REQUIRE(harness.Start().ok());
  harness.PutItem("C");
  harness.Settle();
  CHECK(harness.RecordsIn("availability") == records);
  CHECK(harness.worker().world().reference.FindItem("C") != nullptr);
}

TEST_CASE("a channel that writes to another topic than before is named", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  harness.options.availability_topics[Topic::kAvailability] = "numbers";
  REQUIRE(harness.Start().ok());
  const std::vector<MovedChannel>& moved = harness.worker().world().moved_channels;
  REQUIRE(moved.size() == 2);
  CHECK(moved[0].channel == "site");
  CHECK(moved[0].from == "availability");
  CHECK(moved[0].to == "numbers");
}
