// The oracle against the design page's own examples: who judges the daemon is judged by hand. Here
// what is on hand and what is refused; oracle_numbers_test.cc has the rules.
#include "sim/oracle.h"

#include <string>
#include <utility>
#include <vector>

#include "shelf/v1/stock_event.pb.h"
#include "sim/oracle_shop.h"
#include "support/catch.h"

using shelf::sim::At;
using shelf::sim::Fate;
using shelf::sim::FateKind;
using shelf::sim::Shop;
namespace v1 = shelf::v1;

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
