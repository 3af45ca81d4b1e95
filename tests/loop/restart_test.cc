// What survives a crash: nothing is lost, nothing is doubled, and the output ends up saying what
// the state says.
#include <algorithm>
#include <climits>
#include <random>
#include <string>

#include "base/murmur2.h"
#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

namespace {

enum class Network : uint8_t { kGood, kNoAcknowledgements, kNothingArrives };

void Set(Network network, MemorySink& sink) {
  if (network == Network::kNoAcknowledgements) sink.cork();
  if (network == Network::kNothingArrives) sink.Disconnect();
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
