// The state that a restart finds: whole, of an older format, or not to be used.
#include <random>
#include <string>

#include "base/murmur2.h"
#include "loop/shop_day.h"
#include "state/rows.h"
#include "state/rows_of.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// Before format 4 nothing was told of rules: neither which were taken, nor which a partition goes
// by.
void ForgetRules(MemoryStore& store) {
  constexpr size_t kBitsAt = 16, kBytesBefore = 33;  // with no deaf stretch and no key
  CheckpointBatch batch;
  for (const auto& [key, row] : RowsOf(store, Prefix(RowKind::kPartition))) {
    std::string before = row.substr(0, kBytesBefore);
    before[kBitsAt] = kTimeKnown;
    batch.Put(key, before);
  }
  for (const auto& [key, row] : RowsOf(store, Prefix(RowKind::kRules))) batch.Delete(key);
  batch.Delete(TextKey(RowKind::kMeta, "rules"));
  REQUIRE(store.Write(batch).ok());
}

}  // namespace

TEST_CASE("an input log that begins past zero is read from its beginning, also after a restart",
          "[loop]") {
  Harness harness;
  PutReference(harness);
  for (int32_t p = 0; p < kPartitions; ++p) {
    harness.log().Append("stock-events", p, "1", "before retention");
    harness.log().TrimBefore("stock-events", p, 1);
  }
  REQUIRE(harness.Start().ok());
  harness.sink().Disconnect();  // no tick: the first checkpoint comes before the first record
  harness.Turns(2);
  harness.Restart();
  harness.List("1", {{"A", 10}});
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10");
}

TEST_CASE("a checkpoint with a row of what is not there is refused by the row's name", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  struct Fault {
    std::string key;
    std::optional<std::string> value;
    std::string named;
  };
  const auto partition = RowsOf(harness.store(), Prefix(RowKind::kPartition)).front().second;
  const auto position = RowsOf(harness.store(), Prefix(RowKind::kPosition)).front().second;
  const auto store = RowsOf(harness.store(), Prefix(RowKind::kStore)).front().second;
  std::string elsewhere = store;
  elsewhere[0] = '\x7f';
  const std::vector<Fault> faults = {
      {NumberKey(RowKind::kPartition, 0xfffffff0), partition, "n\\xff\\xff\\xff\\xf0"},
      {NumberKey(RowKind::kPosition, 0, 0) + "again", position, "gain"},
      {"p", position, "row p "},
      {NumberKey(RowKind::kStore, 0), elsewhere, "s\\x00"},
      {NumberKey(RowKind::kStore, 0), std::nullopt, "s\\x00"}};
  for (const Fault& fault : faults) {
    INFO(fault.named);
    const auto rows = RowsOf(harness.store());
    REQUIRE(WriteAll(harness.store(), {{fault.key, fault.value}}).ok());
    const absl::Status refused = harness.Start();
    CHECK(absl::IsDataLoss(refused));
    INFO(refused.message());
    CHECK(refused.message().find(fault.named) != absl::string_view::npos);
    REQUIRE(WriteAll(harness.store(), {{fault.key, std::nullopt}}).ok());
    for (const auto& [key, value] : rows) {
      REQUIRE(WriteAll(harness.store(), {{key, value}}).ok());
    }
  }
  CHECK(harness.Start().ok());
}

TEST_CASE("a checkpoint that fails is delayed and made up for", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.store().FailNextWrites(2, absl::ResourceExhaustedError("disk full"));
  harness.Sell("1", "A", 1);
  const int32_t partition = PartitionOf("1", kPartitions);
  const int64_t end = harness.log().HighWatermark("stock-events", partition);
  harness.Turns(5);
  CHECK(harness.worker().counters().checkpoints_failed == 2);
  harness.Crash();
  REQUIRE(harness.Start().ok());
  CHECK(harness.worker().world().FindPartition(partition)->next_offset >= end);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9");
}

TEST_CASE("a restart with another number of partitions is refused", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  harness.options.world.partitions_total = kPartitions + 1;
  const absl::Status refused = harness.Start();
  CHECK(absl::IsFailedPrecondition(refused));
  INFO(refused.message());
  CHECK(refused.message().find("5 partitions") != absl::string_view::npos);
  harness.options.world.partitions_total = kPartitions;
  CHECK(harness.Start().ok());
}

TEST_CASE("a restored world equals the one that was checkpointed", "[loop]") {
  for (uint32_t seed = 0; seed < 8; ++seed) {
    INFO("seed " << seed);
    Harness whole;
    Harness broken;
    for (Harness* harness : {&whole, &broken}) {
      // Little enough that movements are dropped by age and, in store 1, by number.
      harness->options.world.ring_age_max_ms = 60'000;
      harness->options.world.ring_bytes_max_per_store = 64 * sizeof(Movement);
      harness->options.checkpoint_interval_ms = 5000;
      PutReference(*harness);
      REQUIRE(harness->Start().ok());
    }
    std::mt19937 random(seed);
    for (int turn = 0; turn < 120; ++turn) {
      if (random() % 16 == 0) broken.Restart();
      const auto sales = static_cast<int>(random() % 6);
      for (Harness* harness : {&whole, &broken}) {
        LiveThrough(turn, *harness);
        for (int n = 0; n < sales; ++n) harness->Sell("1", n % 2 == 0 ? "A" : "B", 1);
        if (turn % 9 == 0) harness->Claim("1", "pos", harness->now_ms());
        harness->Turns(1);
      }
      REQUIRE(Difference(Describe(whole.worker().world()), Describe(broken.worker().world())) ==
              Lines{});
    }
  }
}

TEST_CASE("early sales that a smaller ring has no room for after a restart still drop out",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  for (int sale = 0; sale < 40; ++sale) harness.Sell("1", "A", 1);
  harness.Settle();
  REQUIRE(harness.worker().world().positions[PositionId(0)].on_hand_milli == -30'000);
  harness.options.world.ring_bytes_max_per_store = 16 * sizeof(Movement);
  harness.Restart();
  harness.Claim("1", "erp", harness.now_ms());
  harness.Settle();
  CHECK(harness.worker().world().stores[0].state.ring.size() <= 16);
  CHECK(harness.Newest().at("market/1/A").sellable() == 10);
}

TEST_CASE("a list that is half received is completed after a restart", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.List("1", {{"B", 6}});
  const int32_t partition = PartitionOf("1", kPartitions);
  // The list's end stands behind the crash.
  const int64_t end = harness.log().HighWatermark("stock-events", partition);
  harness.Crash();
  harness.options.batch_records_max = 1;
  REQUIRE(harness.Start().ok());
  while (harness.worker().world().FindPartition(partition)->next_offset < end - 1) {
    harness.Turns(1);
  }
  REQUIRE(harness.worker().world().stores[0].state.list.active);
  harness.Restart();
  harness.Settle();
  CHECK(harness.Newest().at("market/1/A").sellable() == 0);
  CHECK(harness.Newest().at("market/1/B").sellable() == 6);
}

TEST_CASE("when a channel leaves the rules the others keep their decisions, at every restart since",
          "[loop]") {
  Harness harness(R"(
version: 1
channels:
  gone: {rules: [{id: all, safety_stock: {subtract: 4}}]}
  kept: {}
)");
  PutReference(harness);
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
  harness.rules = "version: 1\nchannels:\n  kept: {}\n";
  for (int restart = 0; restart < 3; ++restart) {
    harness.Restart();
    harness.Settle();
    CHECK(harness.Said("kept/1/A") == "10");
  }
  // The number that `gone` had: a slot taken for its own would keep `kept` silent.
  harness.Sell("1", "A", 4);
  harness.Crash();
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("kept/1/A") == "10 6");
}

TEST_CASE("a checkpoint with rows cut short is refused", "[loop]") {
  Harness harness;
  OpenShop(harness);
  for (int n = 0; n < 70; ++n) harness.Sell("1", "A", 1);
  harness.Settle();
  harness.Crash();
  const auto cut = [&harness](RowKind kind, size_t bytes) {
    CheckpointBatch batch;
    const absl::Status scanned =
        harness.store().Scan(Prefix(kind), [&](std::string_view key, std::string_view value) {
          batch.Put(key, value.substr(0, value.size() - bytes));
          return absl::OkStatus();
        });
    REQUIRE(scanned.ok());
    REQUIRE_FALSE(batch.empty());
    REQUIRE(harness.store().Write(batch).ok());
  };
  SECTION("a position") { cut(RowKind::kPosition, 1); }
  SECTION("a store") { cut(RowKind::kStore, 1); }
  SECTION("a partition") { cut(RowKind::kPartition, 1); }
  SECTION("the offsets") { cut(RowKind::kMeta, 1); }
  SECTION("movements") { cut(RowKind::kMovements, 1); }
  SECTION("the last movement of each block") { cut(RowKind::kMovements, sizeof(Movement)); }
  CHECK(absl::IsDataLoss(harness.Start()));
}

TEST_CASE("a state of format 2 is restored and goes on as 4", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  const std::string key = TextKey(RowKind::kMeta, "checkpoint");
  const auto set_format = [&](char format) {
    std::string meta = RowsOf(harness.store(), key).at(0).second;
    meta[0] = format;
    REQUIRE(WriteAll(harness.store(), {{key, meta}}).ok());
  };
  for (const char unreadable : {1, 5}) {
    set_format(unreadable);
    CHECK(absl::IsFailedPrecondition(harness.Start()));
  }
  set_format(2);
  ForgetRules(harness.store());
  REQUIRE(harness.Start().ok());
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 9", "site/1/A 8"});
  CHECK(RowsOf(harness.store(), key).at(0).second[0] == 4);
  CHECK(RowsOf(harness.store(), Prefix(RowKind::kRules)).size() == 1);
}
