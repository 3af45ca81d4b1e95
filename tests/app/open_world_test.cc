#include "app/open_world.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/running_worker.h"
#include "state/memory_store.h"
#include "state/rows.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kNothingBack[] = R"(
version: 1
channels:
  own-site: {}
  app: {}
)";

constexpr int64_t kStartMs = 1'793'599'200'000;

std::string TickAt(int64_t time_ms) {
  return absl::StrCat(
      R"({"topic":"stock-events","key":"1","value":{"source":"shelfd","tick":{"timeMs":")", time_ms,
      R"("}}})");
}

// Ends an hour later, in which the store was silent and we were not deaf.
void WriteSmallWorld(MemoryStore& store) {
  RunningWorker running(kTwoChannels, &store);
  TakeSmallWorld(running);
  for (int64_t s = 10; s <= 3600; s += 10) running.Take(TickAt(kStartMs + s * 1000));
  running.Stop();
}

PositionId PositionOf(World& world, std::string_view sku) {
  Store& store = world.StoreOf(world.store_names.Find("1"));
  return store.state.index.Find(world.sku_names.Find(sku), world.positions);
}

}  // namespace

TEST_CASE("a checkpoint opens as the world that wrote it, with its rules and its lags",
          "[open_world]") {
  MemoryStore store;
  WriteSmallWorld(store);
  const auto opened = OpenedWorld::Open(store);
  REQUIRE(opened.ok());
  World& world = (*opened)->world();
  CHECK(world.channel_names == std::vector<std::string>{"own-site", "market"});
  REQUIRE((*opened)->times().has_value());
  CHECK((*opened)->times()->oldest.ms == kStartMs + 3'600'000);
  // An hour behind: half of 11, one kept back, no more than five.
  Evaluator& evaluator = (*opened)->evaluator();
  CHECK(world.StoreOf(world.store_names.Find("1")).lag_ms == 3'600'000);
  CHECK(evaluator.Decide(PositionOf(world, "A/1"), ChannelId(0)).sellable == 4);
  CHECK(evaluator.Decide(PositionOf(world, "A/1"), ChannelId(1)).sellable == 11);
  CHECK(evaluator.Decide(PositionOf(world, "B"), ChannelId(0)).ineligible ==
        Ineligible::kUnknownItem);
  CHECK(world.moved_channels.empty());
}

TEST_CASE("a checkpoint opens under the rules that are given, with its own channels beside theirs",
          "[open_world]") {
  MemoryStore store;
  WriteSmallWorld(store);
  const auto opened = OpenedWorld::Open(store, {.rules = kNothingBack});
  REQUIRE(opened.ok());
  World& world = (*opened)->world();
  CHECK(world.channel_names == std::vector<std::string>{"own-site", "market", "app"});
  Evaluator& evaluator = (*opened)->evaluator();
  CHECK(evaluator.Decide(PositionOf(world, "A/1"), ChannelId(0)).sellable == 11);
  CHECK(evaluator.Decide(PositionOf(world, "A/1"), ChannelId(1)).ineligible ==
        Ineligible::kChannelRemoved);
  CHECK(evaluator.Decide(PositionOf(world, "A/1"), ChannelId(2)).sellable == 11);
}

TEST_CASE("rules that cannot be used, and a folder that nothing was written to, are named",
          "[open_world]") {
  MemoryStore store;
  CHECK(absl::IsNotFound(OpenedWorld::Open(store).status()));
  WriteSmallWorld(store);
  const absl::Status status = OpenedWorld::Open(store, {.rules = "version: 2\n"}).status();
  CHECK(absl::IsInvalidArgument(status));
  CHECK(std::string(status.message()).find("the rules cannot be used: 1:") == 0);
}

TEST_CASE("a checkpoint of before rules were kept opens when they are given", "[open_world]") {
  MemoryStore store;
  WriteSmallWorld(store);
  CheckpointBatch batch;
  REQUIRE(store
              .Scan(Prefix(RowKind::kRules),
                    [&](std::string_view key, std::string_view) {
                      batch.Delete(key);
                      return absl::OkStatus();
                    })
              .ok());
  REQUIRE(batch.rows() > 0);
  REQUIRE(store.Write(batch).ok());
  CHECK(absl::IsFailedPrecondition(OpenedWorld::Open(store).status()));
  CHECK(OpenedWorld::Open(store, {.rules = kTwoChannels}).ok());
}
