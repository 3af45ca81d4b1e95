#include "loop/worker.h"

#include <string>

#include "base/murmur2.h"
#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// Store 1 has 10 of A and 5 of B by its book's list, and all is said.
void OpenShop(Harness& harness) {
  harness.PutStore("1");
  harness.PutItem("A");
  harness.PutItem("B");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}, {"B", 5}});
  harness.Settle();
  REQUIRE(harness.Published() ==
          Lines{"market/1/A 10", "market/1/B 5", "site/1/A 9", "site/1/B 4"});
}

int32_t PartitionOfStore(const std::string& store) { return PartitionOf(store, kPartitions); }

std::string HeaderOf(const MemoryRecord& record, std::string_view name) {
  for (const auto& [header, value] : record.headers) {
    if (header == name) return value;
  }
  return "";
}

const MemoryRecord& OnlyReject(Harness& harness) {
  REQUIRE(harness.RecordsIn("stock-rejects") == 1);
  for (int32_t p = 0;; ++p) {
    const auto& records = harness.log().Records("stock-rejects", p);
    if (!records.empty()) return records.front();
  }
}

}  // namespace

TEST_CASE("nothing is published before the owner's first tick comes back", "[loop]") {
  Harness harness;
  harness.options.batch_records_max = 1;
  harness.PutStore("1");
  harness.PutItem("A");
  harness.List("1", {{"A", 10}});
  harness.Wait(1);
  harness.Sell("1", "A", 1);
  harness.Sell("1", "A", 2);
  REQUIRE(harness.Start().ok());
  const int32_t partition = PartitionOfStore("1");
  // One record a turn, and partitions take turns: the tick stands behind five events.
  while (harness.worker().world().FindPartition(partition)->next_offset < 5) {
    harness.Turns(1);
    CHECK(harness.RecordsIn("availability") == 0);
    CHECK(harness.worker().outbox().empty());
  }
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "7");
  CHECK(harness.Said("site/1/A") == "6");
}

TEST_CASE("another incarnation's ticks do not end the catch-up", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.options.batch_records_max = 1;
  harness.sink().cork();
  harness.Crash();
  v1::StockEvent tick;
  tick.set_source("shelfd");
  tick.set_epoch(1);
  tick.mutable_tick()->set_time_ms(harness.now_ms() + 500);
  tick.mutable_tick()->set_reference_offset(2);
  const int32_t partition = PartitionOfStore("1");
  harness.log().Append("stock-events", partition, "", tick.SerializeAsString());
  harness.Sell("1", "A", 3);
  const int64_t own = harness.log().HighWatermark("stock-events", partition);
  const int64_t said = harness.RecordsIn("availability");
  REQUIRE(harness.Start().ok());
  while (harness.worker().world().FindPartition(partition)->next_offset < own) {
    harness.Turns(1);
    CHECK_FALSE(harness.worker().world().FindPartition(partition)->live());
    CHECK(harness.RecordsIn("availability") == said);
  }
  harness.Settle();
  CHECK(harness.Newest().at("market/1/A").sellable() == 7);
}

TEST_CASE("there is at most one unacknowledged tick a partition", "[loop]") {
  Harness harness;
  REQUIRE(harness.Start().ok());
  harness.Turns(1);
  const int64_t before = harness.RecordsIn("stock-events");
  REQUIRE(before == kPartitions);
  SECTION("while acknowledgements do not come back") {
    harness.sink().cork();
    harness.Turns(5);
    CHECK(harness.RecordsIn("stock-events") == before);
    harness.sink().uncork();
    harness.Turns(2);
    CHECK(harness.RecordsIn("stock-events") == before + 2 * kPartitions);
  }
  SECTION("while the broker is away, so its return does not let an outage's ticks loose") {
    harness.sink().Disconnect();
    harness.Turns(60);
    CHECK(harness.sink().in_flight() == kPartitions);
    harness.sink().Connect();
    CHECK(harness.RecordsIn("stock-events") == before + kPartitions);
  }
}

TEST_CASE("ticks keep their interval", "[loop]") {
  Harness harness;
  REQUIRE(harness.Start().ok());
  harness.Turns(1);
  harness.Turns(3, /*step_ms=*/300);
  CHECK(harness.RecordsIn("stock-events") == kPartitions);
  harness.Turns(1, /*step_ms=*/100);
  CHECK(harness.RecordsIn("stock-events") == 2 * kPartitions);
}

TEST_CASE("a tick that is not the daemon's is refused and moves no time", "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StockEvent tick;
  tick.set_source("pos");
  tick.mutable_tick()->set_time_ms(harness.now_ms() + 24 * 60 * kMinuteMs);
  harness.log().Append("stock-events", 0, "1", tick.SerializeAsString());
  harness.Settle();
  CHECK(harness.RejectReasons() == Lines{"unknown_body"});
  CHECK(harness.worker().world().FindPartition(0)->now.ms <= harness.now_ms());
}

TEST_CASE("a tick far ahead of the broker's clock is refused: time could never come back",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StockEvent tick;
  tick.set_source("shelfd");
  tick.set_epoch(1);
  tick.mutable_tick()->set_time_ms(harness.now_ms() + 24 * 60 * kMinuteMs);
  harness.log().Append("stock-events", 0, "", tick.SerializeAsString());
  harness.Settle();
  CHECK(harness.RejectReasons() == Lines{"future_time"});
  CHECK(harness.worker().world().FindPartition(0)->now.ms <= harness.now_ms());
}

TEST_CASE("an event on the wrong partition is refused and consumes nothing", "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StockEvent event = harness.Document("1", "pos");
  event.mutable_deltas()->set_reason(v1::REASON_SALE);
  v1::DeltaLine& line = *event.mutable_deltas()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(-1000);
  const std::string bytes = event.SerializeAsString();
  const int32_t wrong = (PartitionOfStore("1") + 1) % kPartitions;
  harness.log().Append("stock-events", wrong, "1", bytes);
  harness.Settle();
  const MemoryRecord& reject = OnlyReject(harness);
  CHECK(HeaderOf(reject, "reason") == "wrong_partition");
  CHECK(HeaderOf(reject, "partition") == std::to_string(wrong));
  CHECK(HeaderOf(reject, "topic") == "stock-events");
  CHECK(reject.key == "1");
  CHECK(reject.value == bytes);
  CHECK(harness.Newest().at("market/1/A").sellable() == 10);

  harness.Append(event);
  harness.Settle();
  CHECK(harness.worker().counters().duplicates == 0);
  CHECK(harness.Newest().at("market/1/A").sellable() == 9);
}

TEST_CASE("an event whose key is not its store is refused and consumes nothing", "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StockEvent event = harness.Document("1", "scan");
  v1::CountLine& line = *event.mutable_counts()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(2000);
  harness.log().Append("stock-events", PartitionOfStore("1"), "01", event.SerializeAsString());
  harness.Settle();
  CHECK(HeaderOf(OnlyReject(harness), "reason") == "wrong_key");
  CHECK(harness.Newest().at("market/1/A").sellable() == 10);
  harness.Append(event);
  harness.Settle();
  CHECK(harness.Newest().at("market/1/A").sellable() == 2);
}

TEST_CASE("bytes that are no event are refused as they came and the line goes on", "[loop]") {
  Harness harness;
  OpenShop(harness);
  const auto at = harness.log().Append("stock-events", PartitionOfStore("1"), "1", "\xff\xff");
  harness.Sell("1", "A", 1);
  harness.Settle();
  const MemoryRecord& reject = OnlyReject(harness);
  CHECK(HeaderOf(reject, "reason") == "malformed");
  CHECK(HeaderOf(reject, "offset") == std::to_string(at.offset));
  CHECK(reject.value == "\xff\xff");
  CHECK(harness.Newest().at("market/1/A").sellable() == 9);
}

TEST_CASE("reference data comes into force at the tick that names it", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Move("1", "erp", v1::REASON_RECEIPT, "C", 4);
  harness.Settle();
  CHECK(harness.Newest().count("market/1/C") == 0);
  harness.PutItem("C");
  // Read in this turn, after its tick was written; and without a new tick nothing names it.
  harness.Turns(1);
  harness.Turns(3, /*step_ms=*/0);
  CHECK(harness.Newest().count("market/1/C") == 0);
  harness.Turns(1);
  CHECK(harness.Newest().at("market/1/C").sellable() == 4);
  CHECK(harness.Newest().at("site/1/C").sellable() == 3);
}

TEST_CASE("a reference record that cannot be used is refused and the next one holds", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Move("1", "erp", v1::REASON_RECEIPT, "C", 4);
  harness.log().Append("reference", 0, "item/C", "\xff");
  harness.PutItem("C");
  harness.Turns(4);
  const MemoryRecord& reject = OnlyReject(harness);
  CHECK(HeaderOf(reject, "reason") == "bad_reference");
  CHECK(HeaderOf(reject, "topic") == "reference");
  CHECK(harness.Newest().at("market/1/C").sellable() == 4);
}

TEST_CASE("a full outbox stops the intake and loses nothing", "[loop]") {
  Harness harness;
  harness.options.outbox_keys_max = 4;
  harness.options.in_flight_max = 2;
  harness.options.batch_records_max = 1;
  harness.PutStore("1");
  for (int n = 0; n < 20; ++n) harness.PutItem("S" + std::to_string(n));
  REQUIRE(harness.Start().ok());
  harness.Settle();
  harness.sink().cork();
  for (int n = 0; n < 20; ++n) {
    harness.Move("1", "erp", v1::REASON_RECEIPT, "S" + std::to_string(n), n + 2);
  }
  harness.Turns(60);
  const Partition& partition = *harness.worker().world().FindPartition(PartitionOfStore("1"));
  const int64_t end = harness.log().HighWatermark("stock-events", PartitionOfStore("1"));
  CHECK(partition.next_offset < end - 10);
  // The last record taken before the bound can add one decision a channel.
  CHECK(harness.worker().outbox().waiting() <= 4 + 2);
  CHECK(harness.worker().outbox().in_flight() == 2);

  harness.sink().uncork();
  harness.Settle();
  CHECK(harness.Published().size() == 40);
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("a sink that takes nothing more delays records and loses none", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().set_queue_records_max(1);
  for (const char* sku : {"A", "B"}) harness.Sell("1", sku, 1);
  harness.Turns(40);
  harness.sink().set_queue_records_max(100);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 9", "market/1/B 4", "site/1/A 8", "site/1/B 3"});
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("records that fail go out again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Sell("1", "A", 1);
  harness.sink().FailNext(12);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9");
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("a reject that is not acknowledged holds the checkpoint back, and the intake with it",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  const int32_t partition = PartitionOfStore("1");
  harness.sink().cork();
  harness.log().Append("stock-events", partition, "1", "no event");
  harness.Turns(1);
  const int writes = harness.store().writes();
  harness.Turns(5);
  CHECK(harness.worker().rejects().pending() == 1);
  CHECK(harness.store().writes() == writes);
  const int64_t stopped_at = harness.worker().world().FindPartition(partition)->next_offset;
  harness.Sell("1", "A", 1);
  harness.Turns(5);
  CHECK(harness.worker().world().FindPartition(partition)->next_offset == stopped_at);

  SECTION("until it is") {
    harness.sink().uncork();
    harness.Settle();
    CHECK(harness.store().writes() > writes);
    CHECK(harness.Newest().at("market/1/A").sellable() == 9);
    CHECK(harness.RejectReasons() == Lines{"malformed"});
  }
  SECTION("and a crash reads its input again") {
    harness.Restart();
    harness.Settle();
    CHECK(harness.Newest().at("market/1/A").sellable() == 9);
    CHECK(harness.RejectReasons() == Lines{"malformed", "malformed"});
  }
}

TEST_CASE("a silent store decays by time alone, at its border", "[loop]") {
  Harness harness;
  OpenShop(harness);
  const int64_t claimed_ms = harness.now_ms();
  harness.Claim("1", "erp", claimed_ms);
  while (harness.now_ms() < claimed_ms + 30 * kMinuteMs) {
    harness.Turns(1);
    CHECK(harness.Newest().at("site/1/A").sellable() == 9);
  }
  harness.Turns(2);
  CHECK(harness.Said("site/1/A") == "9 0");
  CHECK(harness.Said("market/1/A") == "10");
}

TEST_CASE("a deaf stretch is left out of lag", "[loop]") {
  Harness harness;
  OpenShop(harness);
  const int64_t claimed_ms = harness.now_ms();
  harness.Claim("1", "erp", claimed_ms);
  harness.Settle();
  harness.Turns(1, /*step_ms=*/120 * kMinuteMs);
  const int64_t heard_again_ms = harness.now_ms();
  harness.Settle();
  REQUIRE(harness.Newest().at("site/1/A").sellable() == 9);

  SECTION("until five minutes after it") {
    while (harness.now_ms() <= heard_again_ms + kDeafGraceMs) {
      CHECK(harness.Newest().at("site/1/A").sellable() == 9);
      harness.Turns(1);
    }
    harness.Turns(1);
    CHECK(harness.Newest().at("site/1/A").sellable() == 0);
  }
  SECTION("while the store's spool is on its way: an old promise is not its last") {
    for (const int64_t late_ms : {110 * kMinuteMs, 60 * kMinuteMs, kMinuteMs}) {
      harness.Claim("1", "erp", heard_again_ms - late_ms);
      harness.Turns(2);
      CHECK(harness.Said("site/1/A") == "9");
    }
  }
  SECTION("as far as the store has not spoken of it") {
    harness.Claim("1", "erp", heard_again_ms + 1000);
    const int64_t claim_ms = heard_again_ms + 1000;
    while (harness.now_ms() <= claim_ms + 30 * kMinuteMs) {
      CHECK(harness.Newest().at("site/1/A").sellable() == 9);
      harness.Turns(1);
    }
    harness.Turns(1);
    CHECK(harness.Newest().at("site/1/A").sellable() == 0);
  }
  SECTION("also over a restart") {
    harness.Restart();
    harness.Settle();
    CHECK(harness.Newest().at("site/1/A").sellable() == 9);
    CHECK(harness.Said("site/1/A") == "9");
  }
}

TEST_CASE("the time in which the daemon was down is a deaf stretch", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Claim("1", "erp", harness.now_ms());
  harness.Settle();
  harness.Crash();
  REQUIRE(harness.Start().ok());
  harness.Turns(1, /*step_ms=*/120 * kMinuteMs);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9");
}

TEST_CASE("what is asked of the worker runs between two turns", "[loop]") {
  Harness harness;
  OpenShop(harness);
  int64_t seen = -1;
  harness.worker().Post(
      [&seen](Worker& worker) { seen = static_cast<int64_t>(worker.world().positions.size()); });
  CHECK(seen == -1);
  harness.Turns(1);
  CHECK(seen == 2);
}
