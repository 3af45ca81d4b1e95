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

int64_t UnitsOf(Harness& harness, const std::string& store, const std::string& sku) {
  World& world = harness.worker().world();
  return world.positions.SlotOf(world.FindPosition(store, sku), ChannelId(0)).sellable;
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

TEST_CASE("falls that come without end do not keep a rise waiting for ever", "[loop]") {
  Harness harness(kBefore);
  const auto stores = StoresOfOnePartition(5);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  World& world = harness.worker().world();
  Partition& partition = *world.FindPartition(0);
  Sweeps sweeps(world, harness.worker().evaluator(), /*positions_per_tick=*/8);
  partition.sweeps.Add(world.FindStore(stores[0])->state.id, {.offset = 100});
  int ticks = 0;
  for (; partition.sweeps.Last().size() == 1 && ticks < 10; ++ticks) {
    for (const std::string& store : stores) {
      partition.sweeps.AddFalling(world.FindStore(store)->state.id, {.offset = 101 + ticks});
    }
    sweeps.Run(partition, {.offset = 101 + ticks});
    CHECK(partition.sweeps.First().size() <= 2);  // falls have the greater part
  }
  CHECK(ticks == 1);
}

TEST_CASE("timers that come due together are done at a pace, all falls before a rise", "[loop]") {
  Harness harness("{version: 1, channels: {site: {}}}");
  const auto stores = StoresOfOnePartition(3);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  World& world = harness.worker().world();
  Partition& partition = *world.FindPartition(0);
  const Evaluator& evaluator = harness.worker().evaluator();
  Sweeps sweeps(world, harness.worker().evaluator(), /*positions_per_tick=*/2);
  const auto become = [&](const std::string& store, const std::string& sku, int64_t units) {
    const PositionId id = world.FindPosition(store, sku);
    world.positions[id].on_hand_milli = units * 1000;
    partition.wheel.Schedule(id, partition.now);
  };
  for (const std::string& store : stores) {
    become(store, "A", 12);
    become(store, "B", 3);
  }
  partition.wheel.Advance(partition.now);
  CHECK(harness.worker().sweeping());
  std::vector<std::string> seen;
  for (int tick = 0; tick < 6; ++tick) {
    const uint64_t before = evaluator.evaluations();
    sweeps.Run(partition, {.offset = partition.next_offset});
    CHECK(evaluator.evaluations() - before <= 2);
    int64_t risen = 0, fallen = 0;
    for (const std::string& store : stores) {
      risen += UnitsOf(harness, store, "A") == 12 ? 1 : 0;
      fallen += UnitsOf(harness, store, "B") == 3 ? 1 : 0;
    }
    seen.push_back(absl::StrCat(fallen, "v", risen));
  }
  CHECK(seen[2] == "3v0");
  CHECK(seen[3] == "3v1");
  CHECK(seen[5] == "3v3");
  CHECK_FALSE(harness.worker().sweeping());
}

TEST_CASE("the end of a stop of everything is no flood", "[loop]") {
  Harness harness("{version: 1, channels: {site: {}}}");
  harness.options.sweep_positions_per_tick = 4;
  const auto stores = StoresOfOnePartition(8);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  v1::StopSale stop;
  stop.set_id("all");
  stop.set_expires_at_ms(harness.now_ms() + 60'000);
  harness.log().Append("reference", 0, "stop/all", stop.SerializeAsString());
  harness.Turns(40);
  CHECK(harness.Newest().at("site/" + stores.back() + "/B").sellable() == 0);
  const Evaluator& evaluator = harness.worker().evaluator();
  for (int turn = 0; turn < 80; ++turn) {
    const uint64_t before = evaluator.evaluations();
    harness.Turns(1, /*step_ms=*/900);  // at most one tick
    CHECK(evaluator.evaluations() - before <= 4);
  }
  CHECK(UnitsOf(harness, stores.back(), "B") == 10);
  harness.Settle();
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a key that waits for the broker over a reload goes out with a trace of its own rules",
          "[loop]") {
  const auto traced = [](std::string rules) {
    return rules.replace(rules.find("site:"), 5, "site:\n    trace: true");
  };
  Harness harness(traced(kBefore));
  harness.options.sweep_positions_per_tick = 1;
  harness.options.in_flight_max = 1;
  const auto stores = StoresOfOnePartition(5);
  Open(harness, stores, {{"A", 10}, {"B", 10}});
  harness.sink().Disconnect(Topic::kAvailability);
  for (const std::string& store : {stores.front(), stores.back()}) {
    harness.Sell(store, "A", 1);
    harness.Sell(store, "B", 1);
  }
  harness.Turns(2);
  harness.Propose(traced(kAfter));
  const Partition& partition = *harness.worker().world().FindPartition(0);
  const auto before = partition.rules;
  while (partition.rules == before) harness.Turns(1);
  REQUIRE(partition.sweeps.First().size() == 4);
  harness.sink().Connect();
  harness.Turns(8, /*step_ms=*/100);  // no tick, so none of them sweeps
  CHECK(partition.sweeps.First().size() == 4);
  CHECK(harness.Said("site/" + stores.back() + "/A") == "5 9");
  CHECK(harness.Said("site/" + stores.back() + "/B") == "10 4");
  harness.Settle();
  for (const MemoryRecord& record : harness.log().Records("availability", 0)) {
    v1::Availability said;
    REQUIRE(said.ParseFromString(record.value));
    int64_t left_milli = said.trace().base_milli();
    for (const v1::Withheld& stage : said.trace().withheld()) {
      left_milli -= stage.quantity_milli();
    }
    INFO(record.key << " " << said.sellable() << " " << said.trace().ShortDebugString());
    CHECK(left_milli == int64_t{said.sellable()} * 1000);
  }
  CHECK(FaultsOf(harness) == Lines{});
}
