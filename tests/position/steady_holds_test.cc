#include "position/steady_holds.h"

#include "support/catch.h"

using namespace shelf;

namespace {

constexpr ChannelId kSite{0}, kMarket{2};

SteadyHold Hold(int64_t level, int64_t since) { return {level, PartitionTime{since}}; }

}  // namespace

TEST_CASE("a position carries its mark as long as one of its keys waits", "[position]") {
  PositionTable positions(3);
  const PositionId first = positions.Add(StoreId(0), SkuId(0));
  const PositionId second = positions.Add(StoreId(0), SkuId(1));
  SteadyHolds holds;
  CHECK(holds.Set(first, kSite, Hold(5, 10), positions));
  CHECK(holds.Set(first, kMarket, Hold(7, 20), positions));
  CHECK(positions[first].Has(Position::kRiseHeld));
  CHECK_FALSE(positions[second].Has(Position::kRiseHeld));
  CHECK(holds.Find(first, kMarket) == Hold(7, 20));
  CHECK_FALSE(holds.Find(second, kMarket).has_value());
  CHECK(holds.Of(first, 3).size() == 2);

  CHECK(holds.Set(first, kSite, std::nullopt, positions));
  CHECK(positions[first].Has(Position::kRiseHeld));
  CHECK(holds.Set(first, kMarket, std::nullopt, positions));
  CHECK_FALSE(positions[first].Has(Position::kRiseHeld));
  CHECK(holds.size() == 0);
}

TEST_CASE("what is put as it stands is no change", "[position]") {
  PositionTable positions(3);
  const PositionId id = positions.Add(StoreId(0), SkuId(0));
  SteadyHolds holds;
  CHECK_FALSE(holds.Set(id, kSite, std::nullopt, positions));
  CHECK(holds.Set(id, kSite, Hold(5, 10), positions));
  CHECK_FALSE(holds.Set(id, kSite, Hold(5, 10), positions));
  CHECK(holds.Set(id, kSite, Hold(4, 10), positions));
}

TEST_CASE("begun anew, every hold keeps its number and is to be written again", "[position]") {
  PositionTable positions(3);
  const PositionId id = positions.Add(StoreId(0), SkuId(0));
  SteadyHolds holds;
  holds.Set(id, kSite, Hold(5, 10), positions);
  holds.BeginAnew(PartitionTime{99}, positions);
  CHECK(holds.Find(id, kSite) == Hold(5, 99));
  CHECK(positions.TakeDirty() == std::vector<PositionId>{id});
}
