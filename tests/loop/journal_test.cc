#include "loop/journal.h"

#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kOneStep[] = R"(
version: 1
channels:
  market: {}
)";

class Journaled {
 public:
  Journaled() : harness(kOneStep) {
    harness.PutStore("1");
    harness.PutItem("A");
    REQUIRE(harness.Start().ok());
    harness.List("1", {{"A", 10}});
    harness.Settle();
  }

  Published Of(const std::string& sku = "A") {
    World& world = harness.worker().world();
    const StoreId store = world.store_names.Find("1");
    const SkuId id = world.sku_names.Find(sku);
    const PositionId position = world.StoreOf(store).state.index.Find(id, world.positions);
    const Published memory = harness.worker().publisher().journal().Find(
        {.position = position, .channel = ChannelId(0)});
    const absl::StatusOr<Published> disk = ReadPublished(harness.store(), store, id, "market");
    REQUIRE(disk.ok());
    return Journal::Newer(*disk, memory);
  }
  int32_t partition() {
    World& world = harness.worker().world();
    return world.StoreOf(world.store_names.Find("1")).partition;
  }

  Harness harness;
};

}  // namespace

TEST_CASE("the journal knows of each key its number, since when, and the record that made it so",
          "[loop]") {
  Journaled journaled;
  Harness& harness = journaled.harness;
  const int64_t before = harness.log().HighWatermark("stock-events", journaled.partition());
  harness.Sell("1", "A", 3);
  harness.Settle();
  const Published published = journaled.Of();
  REQUIRE(published.newest() != nullptr);
  CHECK(published.newest()->sellable == 7);
  CHECK(published.newest()->version == harness.Newest().at("market/1/A").version());
  CHECK(published.newest()->at.ms == harness.Newest().at("market/1/A").published_at_ms());
  CHECK(published.newest()->cause.kind == CauseKind::kRecord);
  const MemoryRecord& cause = harness.log()
                                  .Records("stock-events", journaled.partition())
                                  .at(static_cast<size_t>(published.newest()->cause.offset));
  CHECK(cause.offset >= before);
  v1::StockEvent event;
  REQUIRE(event.ParseFromString(cause.value));
  CHECK(event.has_deltas());
}

TEST_CASE("of two decisions before a record goes out the journal names the later's event",
          "[loop]") {
  Journaled journaled;
  Harness& harness = journaled.harness;
  harness.sink().cork();
  harness.Sell("1", "A", 1);
  harness.Turns(2);
  harness.Sell("1", "A", 1);
  harness.Turns(2);
  harness.Sell("1", "A", 2);
  harness.Turns(2);
  harness.sink().uncork();
  harness.Settle();
  const Published published = journaled.Of();
  CHECK(published.newest()->sellable == 6);
  const MemoryRecord& cause = harness.log()
                                  .Records("stock-events", journaled.partition())
                                  .at(static_cast<size_t>(published.newest()->cause.offset));
  v1::StockEvent event;
  REQUIRE(event.ParseFromString(cause.value));
  REQUIRE(event.has_deltas());
  CHECK(event.deltas().lines(0).quantity_milli() == -2000);
}

TEST_CASE("a record that failed is said again in the name of what had caused it", "[loop]") {
  Journaled journaled;
  Harness& harness = journaled.harness;
  harness.sink().Disconnect(Topic::kAvailability);
  harness.Sell("1", "A", 4);
  harness.Turns(3);
  harness.sink().FailNext(1);
  harness.sink().Connect();
  harness.Settle();
  const Published published = journaled.Of();
  CHECK(published.newest()->sellable == 6);
  CHECK(published.newest()->cause.kind == CauseKind::kRecord);
}

TEST_CASE(
    "a number that had to be sent twice stands since it was there, also when it is said again",
    "[loop]") {
  Journaled journaled;
  Harness& harness = journaled.harness;
  SECTION("it failed on its way") {
    harness.sink().Disconnect(Topic::kAvailability);
    harness.Sell("1", "A", 4);
    harness.Turns(3);
    harness.sink().FailNext(1);
    harness.sink().Connect();
  }
  SECTION("the sink took no more") {
    harness.sink().set_queue_records_max(0);
    harness.Sell("1", "A", 4);
    harness.Turns(3);
    harness.sink().set_queue_records_max(1000);
  }
  harness.Settle();
  const Publication first = *journaled.Of().since();
  REQUIRE(first.sellable == 6);
  harness.log().Append("availability", journaled.partition(), "market/1/A",
                       harness.Newest().at("market/1/A").SerializeAsString());
  harness.Restart();
  harness.Settle();
  const Published after = journaled.Of();
  CHECK(after.newest()->version > first.version);
  CHECK(*after.since() == first);
  CHECK(after.since()->cause.kind == CauseKind::kRecord);
}

TEST_CASE("the journal outlives a crash, and what is said again keeps its date", "[loop]") {
  Journaled journaled;
  Harness& harness = journaled.harness;
  harness.Sell("1", "A", 3);
  harness.Settle();
  const Publication before = *journaled.Of().newest();
  harness.Restart();
  harness.Settle();
  CHECK(*journaled.Of().newest() == before);
  // Somebody else writes the key, so it is said again.
  harness.log().Append("availability", journaled.partition(), "market/1/A",
                       harness.Newest().at("market/1/A").SerializeAsString());
  harness.Restart();
  harness.Settle();
  const Published after = journaled.Of();
  CHECK(after.newest()->version > before.version);
  CHECK(after.newest()->sellable == 7);
  CHECK(after.since()->at == before.at);
  CHECK(after.since()->cause == before.cause);
}

TEST_CASE("time alone and reference data are told as what they are", "[loop]") {
  Journaled journaled;
  Harness& harness = journaled.harness;
  v1::Item item;
  item.set_sku("A");
  item.add_blocked_channels("market");
  const PartitionOffset at =
      harness.log().Append("reference", 0, "item/A", item.SerializeAsString());
  harness.Settle();
  const Publication blocked = *journaled.Of().newest();
  CHECK(blocked.sellable == 0);
  CHECK(blocked.cause.kind == CauseKind::kReference);
  CHECK(blocked.cause.reference_offset == at.offset);
}
