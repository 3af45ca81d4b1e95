// What happens when more comes in than goes out, and when what was on its way out is lost.
#include <map>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

int32_t PartitionOfStore(const std::string& store) { return PartitionOf(store, kPartitions); }

// Store 1 has 10 of A by its book's list, and all is said.
void OpenShop(Harness& harness) {
  harness.PutStore("1");
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
  REQUIRE(harness.Published() == Lines{"market/1/A 10", "site/1/A 9"});
}

int64_t NextOffset(Harness& harness) {
  return harness.worker().world().FindPartition(PartitionOfStore("1"))->next_offset;
}

// The `offset` headers of all rejects, in order of their partitions.
std::multiset<std::string> RejectedOffsets(Harness& harness) {
  std::multiset<std::string> offsets;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : harness.log().Records("stock-rejects", p)) {
      for (const auto& [name, value] : record.headers) {
        if (name == "offset") offsets.insert(value);
      }
    }
  }
  return offsets;
}

constexpr int kPoison = 200;
constexpr size_t kPoisonBytes = 10'000;

// Records that are no events, each another one, and a sale behind them. Returns where the first is.
int64_t AppendPoison(Harness& harness) {
  const int64_t first = harness.log().HighWatermark("stock-events", PartitionOfStore("1"));
  for (int n = 0; n < kPoison; ++n) {
    harness.log().Append("stock-events", PartitionOfStore("1"), "1",
                         absl::StrCat("no event ", n, std::string(kPoisonBytes, '!')));
  }
  harness.Sell("1", "A", 1);
  return first;
}

}  // namespace

TEST_CASE("a flood of poison stays in its topic while the rejects' topic is away", "[loop]") {
  Harness harness;
  harness.options.rejects_bytes_max = 10 * kPoisonBytes;
  OpenShop(harness);
  harness.sink().Disconnect(Topic::kRejects);
  const int64_t first = AppendPoison(harness);
  for (int turn = 0; turn < 20; ++turn) {
    harness.Turns(1);
    // One record more may come on top, and each carries a few words.
    CHECK(harness.worker().rejects().bytes() < 12 * kPoisonBytes);
  }
  CHECK(NextOffset(harness) < first + 12);
  CHECK(harness.Said("market/1/A") == "10");

  std::set<std::string> expected;
  for (int n = 0; n < kPoison; ++n) expected.insert(std::to_string(first + n));
  SECTION("and passes when it is back") {
    harness.sink().Connect();
    harness.Settle();
    CHECK(harness.worker().rejects().bytes() == 0);
    CHECK(RejectedOffsets(harness) == std::multiset<std::string>(expected.begin(), expected.end()));
  }
  SECTION("and a crash in between loses none") {
    harness.Restart();
    harness.Settle();
    const auto rejected = RejectedOffsets(harness);
    CHECK(std::set<std::string>(rejected.begin(), rejected.end()) == expected);
  }
  CHECK(harness.Said("market/1/A") == "10 9");
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("many rejects of little stop the intake by their number", "[loop]") {
  Harness harness;
  harness.options.rejects_max = 3;
  OpenShop(harness);
  harness.sink().Disconnect(Topic::kRejects);
  const int64_t first = AppendPoison(harness);
  harness.Turns(20);
  CHECK(harness.worker().rejects().pending() == 3);
  CHECK(NextOffset(harness) == first + 3);
  harness.sink().Connect();
  harness.Settle();
  CHECK(harness.worker().rejects().counts().at("malformed") == kPoison);
  CHECK(harness.Said("market/1/A") == "10 9");
}

TEST_CASE("no checkpoint passes a record whose reject is on its way", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().Disconnect(Topic::kRejects);
  const int64_t first = AppendPoison(harness);
  harness.Turns(5);
  harness.Crash();
  REQUIRE(harness.Start().ok());
  CHECK(NextOffset(harness) <= first);
  harness.Settle();
  CHECK(harness.Newest().at("market/1/A").sellable() == 9);
  CHECK(RejectedOffsets(harness).size() == kPoison);
}

TEST_CASE("reference data that no tick names waits in its topic when it gets too much", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().Disconnect(Topic::kStockEvents);  // time stands still
  harness.Turns(2);
  const std::string large(size_t{8} << 20, 'x');
  for (int n = 0; n < 12; ++n) {
    harness.log().Append("reference", 0, absl::StrCat("item/", n), large);
    harness.Turns(1);
  }
  harness.PutItem("B");
  harness.Turns(3);
  harness.List("1", {{"A", 10}, {"B", 5}});
  harness.sink().Connect();
  harness.Settle();
  harness.Settle();
  CHECK(harness.worker().rejects().counts().at("bad_reference") == 12);
  CHECK(harness.Said("market/1/B") == "5");
}

TEST_CASE("a sink that answers slowly is told the newest number, not each", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().cork();
  for (int n = 0; n < 8; ++n) {
    harness.Sell("1", "A", 1);
    harness.Turns(1);
  }
  CHECK(harness.worker().outbox().waiting() == 0);  // in flight, overtaken
  harness.sink().uncork();
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9 2");
}

TEST_CASE("when the producer fails for good all that it had is sent again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  SECTION("and was in the log") { harness.sink().cork(); }
  SECTION("and had not arrived") { harness.sink().Disconnect(); }
  const int64_t poison =
      harness.log().Append("stock-events", PartitionOfStore("1"), "1", "no event").offset;
  harness.Sell("1", "A", 1);
  harness.Turns(2);
  REQUIRE(harness.worker().outbox().in_flight() == 2);
  REQUIRE(harness.worker().rejects().pending() == 1);
  REQUIRE_FALSE(harness.worker().idle());

  harness.sink().LoseProducer();
  harness.sink().Connect();
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Newest().at("market/1/A").sellable() == 8);
  CHECK(harness.Newest().at("site/1/A").sellable() == 7);
  CHECK(RejectedOffsets(harness).count(std::to_string(poison)) >= 1);
  CHECK(harness.worker().rejects().bytes() == 0);
  CHECK(FaultsOf(harness).empty());
  // Ticks go on.
  const PartitionTime before = harness.worker().world().FindPartition(0)->now;
  harness.Turns(3);
  CHECK(harness.worker().world().FindPartition(0)->now > before);
}

TEST_CASE("a location's state that was lost with the producer goes out with the next tick",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().Disconnect(Topic::kLocations);
  harness.Skip("1", "erp");
  harness.Claim("1", "erp", harness.now_ms());  // a gap: frozen, said at once
  harness.Turns(2);
  harness.sink().LoseProducer();
  harness.sink().Connect();
  harness.Turns(3);
  bool frozen = false;
  for (const MemoryRecord& record : harness.log().Records("locations", PartitionOfStore("1"))) {
    v1::LocationState state;
    REQUIRE(state.ParseFromString(record.value));
    frozen = state.frozen();
  }
  CHECK(frozen);
}

TEST_CASE("however often the producer fails, the end is that of a day without trouble", "[loop]") {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    Harness harness;
    harness.options.in_flight_max = 1 + random() % 4;
    harness.options.batch_records_max = 1 + random() % 4;
    OpenShop(harness);
    int64_t left = 10;
    for (int turn = 0; turn < 60; ++turn) {
      switch (random() % 6) {
        case 0:
          harness.sink().cork();
          break;
        case 1:
          harness.sink().Disconnect();
          break;
        case 2:
          harness.sink().LoseProducer();
          harness.sink().Connect();
          break;
        case 3:
          harness.log().Append("stock-events", PartitionOfStore("1"), "1", "no event");
          break;
        default:
          const int64_t units = left > 5 ? -1 : 1;
          harness.Move("1", "pos", units < 0 ? v1::REASON_SALE : v1::REASON_RETURN, "A", units);
          left += units;
      }
      harness.Turns(1);
    }
    harness.sink().LoseProducer();
    harness.sink().Connect();
    harness.Settle();
    CHECK(harness.Newest().at("market/1/A").sellable() == left);
    CHECK(FaultsOf(harness) == Lines{});
    const auto rejected = RejectedOffsets(harness);
    CHECK(std::set<std::string>(rejected.begin(), rejected.end()).size() ==
          harness.worker().rejects().counts().at("malformed"));
  }
}
