#include "fuzz/shop_rows.h"

#include "base/check.h"
#include "base/percent.h"

namespace shelf {
namespace {

void PutStop(Harness& harness) {
  v1::StopSale stop;
  stop.set_id("recall");
  stop.set_sku("B");
  harness.log().Append("reference", 0, JoinKey({"stop", "recall"}), stop.SerializeAsString());
}

void Reserve(const std::string& id, Harness& harness) {
  v1::StockEvent event = harness.Document("1", "oms");
  event.mutable_reserve()->set_reservation_id(id);
  event.mutable_reserve()->set_channel("market");
  v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(2000);
  harness.Append(event);
}

void Settle(const std::string& id, Harness& harness) {
  v1::StockEvent event = harness.Document("1", "oms");
  event.mutable_deltas()->set_reason(v1::REASON_SALE);
  event.mutable_deltas()->set_settles_reservation(id);
  v1::DeltaLine& line = *event.mutable_deltas()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(-1000);
  harness.Append(event);
}

void Expect(Harness& harness) {
  v1::StockEvent event = harness.Document("1", "erp");
  event.mutable_expected_receipts()->set_document("truck");
  v1::ExpectedLine& line = *event.mutable_expected_receipts()->add_lines();
  line.set_sku("C");
  line.set_quantity_milli(12000);
  harness.Append(event);
}

void HalfAList(Harness& harness) {
  v1::StockEvent begin = harness.Document("2", "erp");
  begin.mutable_snapshot_begin()->set_snapshot_id("half");
  harness.Append(begin);
  v1::StockEvent chunk = harness.Document("2", "erp");
  chunk.mutable_snapshot_chunk()->set_snapshot_id("half");
  v1::BookLine& line = *chunk.mutable_snapshot_chunk()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(4000);
  harness.Append(chunk);
}

void LiveADay(Harness& harness) {
  harness.List("1", {{"A", 10}, {"B", 3}, {"C", 7}});
  harness.List("2", {{"A", 5}, {"B", 1}});
  harness.Settle();
  Reserve("order-1", harness);
  Reserve("order-2", harness);
  Expect(harness);
  for (int sale = 0; sale < 40; ++sale) harness.Sell("1", "A", sale % 3 == 0 ? -1 : 1);
  harness.Sell("2", "B", 1);
  harness.Count("2", "A", 7);
  harness.Pick("1", "B", 0, 2);
  harness.Turns(3);
  Settle("order-2", harness);
  harness.Skip("2", "pos");
  harness.Sell("2", "A", 1);
  harness.Claim("1", "pos", harness.now_ms());
  HalfAList(harness);
  harness.Settle();
}

}  // namespace

WorkerOptions OptionsOfADay() {
  WorkerOptions options;
  options.world.partitions_total = kPartitions;
  return options;
}

RowList RowsOfADay() {
  Harness harness;
  harness.PutStore("1");
  harness.PutStore("2", /*minds_counts=*/true);
  for (const char* sku : {"A", "B", "C"}) harness.PutItem(sku);
  PutStop(harness);
  SHELF_CHECK(harness.Start().ok(), "the daemon starts");
  LiveADay(harness);
  harness.Crash();
  return RowsOf(harness.store());
}

}  // namespace shelf
