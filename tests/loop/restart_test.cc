// What survives a crash: nothing is lost, nothing is doubled, and the output ends up saying what
// the state says.
#include <algorithm>
#include <climits>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "loop/harness.h"
#include "state/rows.h"
#include "state/rows_of.h"
#include "support/catch.h"

using namespace shelf;

namespace {

void PutReference(Harness& harness) {
  for (const char* store : {"1", "2", "3"}) harness.PutStore(store, store[0] == '2');
  for (const char* sku : {"A", "B", "C"}) harness.PutItem(sku);
}

// Store 1 has 10 of A by its book's list, and all is said.
void OpenShop(Harness& harness) {
  PutReference(harness);
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
  REQUIRE(harness.Published() == Lines{"market/1/A 10", "site/1/A 9"});
}

enum class Network : uint8_t { kGood, kNoAcknowledgements, kNothingArrives };

void Set(Network network, MemorySink& sink) {
  if (network == Network::kNoAcknowledgements) sink.cork();
  if (network == Network::kNothingArrives) sink.Disconnect();
}

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

// What happens in the stores in turn `turn` of a day with a bit of everything.
constexpr int kDayTurns = 24;
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

// The same day without a crash; made once.
const Lines& DayWithoutCrash() {
  static const Lines published = [] {
    Harness harness;
    PutReference(harness);
    REQUIRE(harness.Start().ok());
    for (int turn = 0; turn < kDayTurns; ++turn) {
      LiveThrough(turn, harness);
      harness.Turns(1);
    }
    harness.Settle();
    REQUIRE(FaultsOf(harness).empty());
    return harness.Published();
  }();
  return published;
}

// The network and the disk turn bad three turns before the crash.
void CheckDayWithCrash(int crash_after, Network network, bool disk_full) {
  INFO("crash after turn " << crash_after << ", network " << static_cast<int>(network)
                           << ", disk full " << disk_full);
  Harness harness;
  harness.options.batch_records_max = 3;
  PutReference(harness);
  REQUIRE(harness.Start().ok());
  for (int turn = 0; turn < kDayTurns; ++turn) {
    if (turn == std::max(0, crash_after - 3)) {
      Set(network, harness.sink());
      if (disk_full) harness.store().FailNextWrites(INT_MAX, absl::UnavailableError("full"));
    }
    LiveThrough(turn, harness);
    harness.Turns(1);
    if (turn != crash_after) continue;
    harness.Restart();
    harness.store().FailNextWrites(0, absl::OkStatus());
    harness.Settle();
    REQUIRE(FaultsOf(harness) == Lines{});
  }
  harness.Settle();
  CHECK(FaultsOf(harness) == Lines{});
  CHECK(harness.Published() == DayWithoutCrash());
}

}  // namespace

TEST_CASE("after a crash at any turn the newest record of every key is the evaluation of the state",
          "[loop]") {
  for (int turn = 0; turn < kDayTurns; ++turn) {
    for (const Network network :
         {Network::kGood, Network::kNoAcknowledgements, Network::kNothingArrives}) {
      for (const bool disk_full : {false, true}) {
        CheckDayWithCrash(turn, network, disk_full);
      }
    }
  }
}

TEST_CASE("crashing over and over says in the end what one long run says", "[loop]") {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    Harness harness;
    harness.options.batch_records_max = 1 + random() % 4;
    harness.options.checkpoint_interval_ms = 1000 * (1 + static_cast<int64_t>(random() % 5));
    PutReference(harness);
    REQUIRE(harness.Start().ok());
    for (int turn = 0; turn < kDayTurns; ++turn) {
      LiveThrough(turn, harness);
      harness.Turns(1);
      if (random() % 3 == 0) Set(static_cast<Network>(random() % 3), harness.sink());
      if (random() % 3 == 0) harness.Restart();
    }
    harness.Restart();
    harness.Settle();
    CHECK(FaultsOf(harness) == Lines{});
    CHECK(harness.Published() == DayWithoutCrash());
  }
}

TEST_CASE("a key in flight at the checkpoint is published again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Sell("1", "A", 1);
  SECTION("when its record never arrived") {
    harness.sink().Disconnect();
    harness.Turns(3);
    CHECK(harness.Said("market/1/A") == "10");
    harness.Restart();
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 9");
  }
  SECTION("and when only its acknowledgement did not") {
    harness.sink().cork();
    harness.Turns(3);
    CHECK(harness.Said("market/1/A") == "10 9");
    harness.Restart();
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 9 9");
  }
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a key that waits to be said again is remembered over a second crash", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Sell("1", "A", 1);
  harness.sink().Disconnect();
  harness.Turns(3);
  harness.Restart();
  harness.sink().Disconnect();  // its own tick does not come back, checkpoints go on
  harness.Turns(3);
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9");
}

TEST_CASE("a key written past the checkpoint is said again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  // By a predecessor that woke up: a number that the state never had.
  v1::Availability foreign = harness.Newest().at("market/1/A");
  foreign.set_sellable(77);
  foreign.set_version(foreign.version() + 1);
  harness.log().Append("availability", PartitionOf("1", kPartitions), "market/1/A",
                       foreign.SerializeAsString());
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 77 10");
  CHECK(harness.Said("site/1/A") == "9");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a key of no known position that was written past the checkpoint is said to be zero",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  v1::Availability foreign;
  foreign.set_sellable(5);
  foreign.set_version(1);
  harness.log().Append("availability", PartitionOf("2", kPartitions), "market/2/Z",
                       foreign.SerializeAsString());
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("market/2/Z") == "5 0");
}

TEST_CASE("where the output's log begins past the checkpoint every key of it is said again",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  const int32_t partition = PartitionOf("1", kPartitions);
  harness.log().Append("availability", partition, "market/1/gone", "");
  harness.log().TrimBefore("availability", partition,
                           harness.log().HighWatermark("availability", partition));
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 10", "site/1/A 9"});
}

TEST_CASE("a clean stop leaves nothing to be said or read again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Sell("1", "A", 1);
  harness.Turns(1);
  harness.Stop();
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9");
  CHECK(harness.worker().counters().lines == 0);
}

TEST_CASE("versions rise over restarts and lost disks", "[loop]") {
  Harness harness;
  OpenShop(harness);
  const uint64_t first = harness.Newest().at("market/1/A").version();
  harness.LoseDisk();
  harness.Sell("1", "A", 1);
  REQUIRE(harness.Start().ok());
  harness.Settle();
  const uint64_t second = harness.Newest().at("market/1/A").version();
  CHECK(second >> 40 > first >> 40);
  CHECK(FaultsOf(harness) == Lines{});
}

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

TEST_CASE("a state of format 2 is restored and goes on as 3", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  const std::string key = TextKey(RowKind::kMeta, "checkpoint");
  const auto set_format = [&](char format) {
    std::string meta = RowsOf(harness.store(), key).at(0).second;
    meta[0] = format;
    REQUIRE(WriteAll(harness.store(), {{key, meta}}).ok());
  };
  for (const char unreadable : {1, 4}) {
    set_format(unreadable);
    CHECK(absl::IsFailedPrecondition(harness.Start()));
  }
  set_format(2);
  REQUIRE(harness.Start().ok());
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 9", "site/1/A 8"});
  CHECK(RowsOf(harness.store(), key).at(0).second[0] == 3);
}

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
