// Changes that concern whole stores are done at a pace, falls first, and survive a restart.
#include "loop/sweeps.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// On partition 0: three stores, so that one queue holds them all.
std::vector<std::string> StoresOfOnePartition(int count) {
  std::vector<std::string> stores;
  for (int i = 0; static_cast<int>(stores.size()) < count; ++i) {
    std::string store = absl::StrCat("s", i);
    if (PartitionOf(store, kPartitions) == 0) stores.push_back(std::move(store));
  }
  return stores;
}

void Open(Harness& harness, const std::vector<std::string>& stores, const SkuUnits& lines) {
  for (const std::string& store : stores) harness.PutStore(store);
  for (const auto& [sku, units] : lines) harness.PutItem(sku);
  REQUIRE(harness.Start().ok());
  for (const std::string& store : stores) {
    harness.List(store, lines);
    harness.Claim(store, "pos", harness.now_ms());
  }
  harness.Settle();
}

// A rises and B falls: B had nothing kept back, A all.
constexpr char kBefore[] = R"(
version: 1
channels:
  site:
    rules:
      - {id: a, when: {item: A}, safety_stock: {subtract: 5}}
)";
constexpr char kAfter[] = R"(
version: 1
channels:
  site:
    rules:
      - {id: b, when: {item: B}, safety_stock: {subtract: 5}}
)";

// The keys in the order in which they went out after `from` records.
Lines SaidAfter(Harness& harness, size_t from) {
  Lines keys;
  const auto& records = harness.log().Records("availability", 0);
  for (size_t i = from; i < records.size(); ++i) keys.push_back(records[i].key);
  return keys;
}

size_t RecordsSoFar(Harness& harness) { return harness.log().Records("availability", 0).size(); }

}  // namespace

TEST_CASE("a reload lets all stores fall before one rises", "[loop]") {
  Harness harness(kBefore);
  harness.options.sweep_positions_per_tick = 2;
  const auto stores = StoresOfOnePartition(3);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  const size_t before = RecordsSoFar(harness);
  harness.Propose(kAfter);
  harness.Settle();
  Lines wanted;
  for (const char* sku : {"B", "A"}) {
    for (const std::string& store : stores) wanted.push_back("site/" + store + "/" + sku);
  }
  CHECK(SaidAfter(harness, before) == wanted);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a sweep does whole stores, so many positions a tick", "[loop]") {
  Harness harness(kBefore);
  harness.options.sweep_positions_per_tick = 3;
  const auto stores = StoresOfOnePartition(5);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  harness.Propose(kAfter);
  const Partition& partition = *harness.worker().world().FindPartition(0);
  const auto before = partition.rules;
  while (partition.rules == before) harness.Turns(1);
  // The first tick did two stores, which is more than three positions.
  CHECK(partition.sweeps.First().size() == 3);
  CHECK(partition.sweeps.Last().size() == 5);
  harness.Turns(1);
  CHECK(partition.sweeps.First().size() == 1);
}

TEST_CASE("what fits into one tick is done in the tick that caused it", "[loop]") {
  Harness harness(kBefore);
  const auto stores = StoresOfOnePartition(5);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  harness.Propose(kAfter);
  const Partition& partition = *harness.worker().world().FindPartition(0);
  const auto before = partition.rules;
  while (partition.rules == before) {
    CHECK(partition.sweeps.empty());
    harness.Turns(1);
  }
  CHECK(partition.sweeps.empty());
}

TEST_CASE("a position of a waiting store is evaluated with the event that touches it", "[loop]") {
  Harness harness(kBefore);
  harness.options.sweep_positions_per_tick = 1;
  const auto stores = StoresOfOnePartition(6);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  harness.Propose(kAfter);
  const Partition& partition = *harness.worker().world().FindPartition(0);
  const auto before = partition.rules;
  while (partition.rules == before) harness.Turns(1);
  const std::string last = stores.back();
  harness.Move(last, "pos", v1::REASON_SALE, "B", -1);
  harness.Turns(1);
  REQUIRE_FALSE(partition.sweeps.empty());
  CHECK(harness.Said("site/" + last + "/B") == "10 4");
  harness.Settle();
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a restart at any turn of a sweep ends with every key right", "[loop]") {
  for (int crash_after = 0; crash_after < 16; ++crash_after) {
    INFO("crash after turn " << crash_after);
    Harness harness(kBefore);
    harness.options.sweep_positions_per_tick = 1;
    const auto stores = StoresOfOnePartition(4);
    Open(harness, stores, {{"A", 10}, {"B", 10}, {"C", 10}});
    harness.rules = kAfter;
    harness.ReloadFile();
    harness.Turns(crash_after);
    harness.Restart();
    harness.Settle();
    CHECK(FaultsOf(harness) == Lines{});
    for (const std::string& store : stores) {
      CHECK(harness.Newest().at("site/" + store + "/A").sellable() == 10);
      CHECK(harness.Newest().at("site/" + store + "/B").sellable() == 5);
    }
  }
}

TEST_CASE("the stores that were waiting at the checkpoint go first when the partition goes live",
          "[loop]") {
  Harness harness(kBefore);
  harness.options.sweep_positions_per_tick = 1;
  const auto stores = StoresOfOnePartition(4);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  harness.Propose(kAfter);
  const Partition* partition = harness.worker().world().FindPartition(0);
  const auto before = partition->rules;
  while (partition->rules == before) harness.Turns(1);
  harness.Turns(1);  // two stores are through with the first pass; a checkpoint knows
  REQUIRE(partition->sweeps.First().size() == 2);
  harness.Stop();
  harness.options.sweep_positions_per_tick = 100'000;
  const size_t said = RecordsSoFar(harness);
  REQUIRE(harness.Start().ok());
  harness.Settle();
  const Lines keys = SaidAfter(harness, said);
  REQUIRE(keys.size() >= 2);
  CHECK(keys[0] == "site/" + stores[2] + "/B");
  CHECK(keys[1] == "site/" + stores[3] + "/B");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a thousand stores that fall silent at once are swept at a pace", "[loop]") {
  Harness harness;  // site sells nothing of a store that is 30 minutes behind
  harness.options.sweep_positions_per_tick = 100;
  std::vector<std::string> stores;
  for (int i = 0; i < 1000; ++i) stores.push_back(absl::StrCat("s", i));
  Open(harness, stores, {{"A", 10}});
  const auto zeros = [&harness] {
    int64_t count = 0;
    for (const auto& [key, record] : harness.Newest()) count += record.sellable() == 0 ? 1 : 0;
    return count;
  };
  int64_t before = zeros();
  REQUIRE(before == 0);
  int turns = 0;
  for (; before < 1000 && turns < 4000; ++turns) {
    harness.Turns(1);
    const int64_t now = zeros();
    CHECK(now - before <= 100 * kPartitions * 2);  // two ticks may come in one turn
    before = now;
  }
  CHECK(before == 1000);
  CHECK(turns > 1700);
  harness.Settle();
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a sweep waits while the outbox is full, and then goes on", "[loop]") {
  Harness harness(kBefore);
  harness.options.sweep_positions_per_tick = 2;
  harness.options.outbox_keys_max = 3;
  harness.options.in_flight_max = 1;
  const auto stores = StoresOfOnePartition(8);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  harness.Propose(kAfter);
  while (harness.worker().rules_reload().under_way()) harness.Turns(1);
  harness.sink().Disconnect(Topic::kAvailability);
  harness.Turns(30);
  CHECK(harness.worker().sweeping());
  CHECK(harness.worker().outbox().waiting() <= 5);
  harness.sink().Connect();
  harness.Settle();
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a store whose record is removed sells nothing any more", "[loop]") {
  Harness harness;
  OpenShop(harness);
  MemoryRecord tombstone;
  tombstone.key = "store/1";
  tombstone.has_value = false;
  harness.log().Append("reference", 0, tombstone);
  harness.Settle();
  CHECK(harness.Said("site/1/A") == "9 0");
  CHECK(harness.Said("market/1/A") == "10 0");
  harness.PutStore("1");
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0 10");
}
