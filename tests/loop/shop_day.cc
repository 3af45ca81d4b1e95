#include "loop/shop_day.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "support/catch.h"

namespace shelf {
namespace {

// An order of store 1 every third turn; of three one is sold, one released, one forgotten.
void OrderInTurn(int turn, Harness& harness) {
  if (turn % 3 == 1 && turn % 9 < 6) {
    v1::StockEvent event = harness.Document("1", "oms");
    const std::string id = absl::StrCat("R", turn - 1);
    if (turn % 9 < 3) {
      event.mutable_release()->set_reservation_id(id);
    } else {
      event.mutable_deltas()->set_reason(v1::REASON_SALE);
      event.mutable_deltas()->set_settles_reservation(id);
    }
    harness.Append(event);
  }
  if (turn % 3 != 0) return;
  v1::StockEvent event = harness.Document("1", "oms");
  event.mutable_reserve()->set_reservation_id(absl::StrCat("R", turn));
  event.mutable_reserve()->set_channel("market");
  v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(2000);
  harness.Append(event);
}

}  // namespace

void PutReference(Harness& harness) {
  for (const char* store : {"1", "2", "3"}) harness.PutStore(store, store[0] == '2');
  for (const char* sku : {"A", "B", "C"}) harness.PutItem(sku);
}

void OpenShop(Harness& harness) {
  PutReference(harness);
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
  REQUIRE(harness.Published() == Lines{"market/1/A 10", "site/1/A 9"});
}

void LiveThrough(int turn, Harness& harness) {
  const std::string store = std::to_string(turn % 3 + 1);
  OrderInTurn(turn, harness);
  switch (turn % 12) {
    case 0:
      return harness.List(store, {{"A", 20 + turn}, {"B", 3}, {"C", 7}});
    case 1:
      harness.List("2", {{"A", 5}, {"B", 1}});
      return harness.List("3", {{"C", 8}});
    case 2:
      return harness.Sell("1", "A", 2);
    case 3:
      harness.Sell("2", "B", 1);
      return harness.Move("2", "pos", v1::REASON_RETURN, "B", 1);
    case 4:
      return harness.Pick("3", "C", 0, 2);
    case 5:
      harness.log().Append("stock-events", PartitionOf("1", kPartitions), "1", "no event");
      return harness.Move("1", "erp", v1::REASON_RECEIPT, "C", 6);
    case 6:
      harness.Skip("2", "erp");
      return harness.Move("2", "erp", v1::REASON_ADJUSTMENT, "A", -1);
    case 7:
      return harness.Count(store, "A", turn);
    case 8:
      return harness.PutItem(absl::StrCat("new-", turn));
    case 9:
      return harness.Move(store, "erp", v1::REASON_RECEIPT, absl::StrCat("new-", turn - 1), 4);
    case 10:
      return harness.Claim(store, "erp", harness.now_ms());
    default:
      return harness.Sell("3", "C", 1);
  }
}

}  // namespace shelf
