#include "position/sales.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kHourS = 3600;
constexpr int64_t kDayS = 24 * kHourS;
constexpr int64_t kMorningMs = 1'790'000'000'000;

EventTime At(int64_t seconds) { return EventTime{kMorningMs + seconds * 1000}; }

Position Sold(int sales, int64_t apart_s, int64_t milli = 1000) {
  Position position;
  for (int i = 0; i < sales; ++i) NoteSale(position, At(i * apart_s), -milli);
  return position;
}

}  // namespace

TEST_CASE("a quantity in 16 bits is exact through 4,095 thousandths", "[position]") {
  for (int64_t milli = 0; milli <= 4'095; ++milli) {
    REQUIRE(UnpackQuantity(PackQuantity(milli)) == milli);
  }
  CHECK(UnpackQuantity(PackQuantity(4'096)) == 4'096);
  CHECK(UnpackQuantity(PackQuantity(4'097)) == 4'098);
  CHECK(UnpackQuantity(PackQuantity(-5)) == 0);
}

TEST_CASE("a larger quantity keeps one part in 4,096, the largest stays the largest",
          "[position]") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 100'000; ++i) {
    const auto milli = static_cast<int64_t>(random() >> (22 + random() % 40));
    const int64_t read = UnpackQuantity(PackQuantity(milli));
    if (milli > kPackedQuantityMax) {
      REQUIRE(read == kPackedQuantityMax);
    } else {
      REQUIRE(std::llabs(read - milli) <= milli / 4'096);
    }
  }
  CHECK(UnpackQuantity(PackQuantity(kPackedQuantityMax)) == kPackedQuantityMax);
  CHECK(UnpackQuantity(PackQuantity(kPackedQuantityMax - 1)) == kPackedQuantityMax);
  CHECK(UnpackQuantity(PackQuantity(std::numeric_limits<int64_t>::max())) == kPackedQuantityMax);
}

TEST_CASE("every packed quantity reads back as itself, and they ascend", "[position]") {
  for (int packed = 0; packed < 0xffff; ++packed) {
    const int64_t milli = UnpackQuantity(static_cast<uint16_t>(packed));
    REQUIRE(PackQuantity(milli) == packed);
    REQUIRE(UnpackQuantity(static_cast<uint16_t>(packed + 1)) > milli);
  }
}

TEST_CASE("fewer than two sales are no rate", "[position]") {
  CHECK(SalesOf(Position{}).in_s == 0);
  CHECK(SalesOf(Sold(1, 0)).in_s == 0);
  CHECK(SalesOf(Sold(2, kDayS)).in_s == kDayS);
}

TEST_CASE("the rate is the sales but one, in the time from the first to the last", "[position]") {
  const MeasuredSales sales = SalesOf(Sold(5, 2 * kDayS, 750));
  CHECK(sales.sold_milli == 4 * 750);
  CHECK(sales.in_s == 8 * kDayS);
}

TEST_CASE("a receipt's lines of one second are no rhythm: few sales count for a day",
          "[position]") {
  const MeasuredSales six_at_once = SalesOf(Sold(6, 0));
  CHECK(six_at_once.sold_milli == 5'000);
  CHECK(six_at_once.in_s == kDayS);
  CHECK(SalesOf(Sold(31, 60)).in_s == kDayS);
  CHECK(SalesOf(Sold(31, kHourS)).in_s == 30 * kHourS);
  // So many sales are a rhythm of their own, but not within an hour.
  CHECK(SalesOf(Sold(32, 600)).in_s == 31 * 600);
  CHECK(SalesOf(Sold(32, 60)).in_s == kHourS);
}

TEST_CASE("the window forgets its older half, and the rate stays", "[position]") {
  Position position = Sold(63, kHourS);
  CHECK(SalesOf(position).sold_milli == 62'000);
  NoteSale(position, At(63 * kHourS), 1000);
  CHECK(position.sales == 32);
  CHECK(SalesOf(position).sold_milli == 31'000);
  CHECK(SalesOf(position).in_s == 63 * kHourS - 63 * kHourS / 2);
}

TEST_CASE("a sale that comes late widens the window backwards", "[position]") {
  Position position = Sold(2, kDayS);
  NoteSale(position, At(-3 * kDayS), 1000);
  CHECK(SalesOf(position).in_s == 4 * kDayS);
  CHECK(SalesOf(position).sold_milli == 2'000);
}

TEST_CASE("a sale from before a window that has forgotten its older half leaves it as it is",
          "[position]") {
  Position position = Sold(64, kHourS);
  const MeasuredSales before = SalesOf(position);
  for (const int64_t at_s : {-3 * kDayS, int64_t{0}, 20 * kHourS}) {
    NoteSale(position, At(at_s), -9'000);
    CHECK(position.sales == 32);
    CHECK(SalesOf(position).in_s == before.in_s);
    CHECK(SalesOf(position).sold_milli == before.sold_milli);
  }
  NoteSale(position, At(40 * kHourS), -1'000);
  CHECK(position.sales == 33);
  CHECK(SalesOf(position).in_s == before.in_s);
}

TEST_CASE("a day's sales have the same rate in whatever order they come", "[position]") {
  constexpr int kSales = 400;
  std::vector<int64_t> times;
  for (int i = 0; i < kSales; ++i) times.push_back(i * kDayS / kSales);
  const auto rate = [&times] {
    Position position;
    for (const int64_t at_s : times) NoteSale(position, At(at_s), -1'000);
    const MeasuredSales sales = SalesOf(position);
    return static_cast<double>(sales.sold_milli * kDayS) / 1'000 / static_cast<double>(sales.in_s);
  };
  CHECK(rate() == Approx(kSales).epsilon(0.03));
  std::reverse(times.begin(), times.end());
  CHECK(rate() == Approx(kSales).epsilon(0.03));
  std::mt19937_64 random(11);
  for (int i = 0; i < 100; ++i) {
    std::shuffle(times.begin(), times.end(), random);
    REQUIRE(rate() == Approx(kSales).epsilon(0.4));
  }
}

TEST_CASE("the size of a sale is the mean of the window's", "[position]") {
  Position position;
  NoteSale(position, At(0), -1'000);
  CHECK(UnpackQuantity(position.sale_size) == 1'000);
  NoteSale(position, At(1), -2'000);
  CHECK(UnpackQuantity(position.sale_size) == 1'500);
  NoteSale(position, At(2), -300);
  CHECK(UnpackQuantity(position.sale_size) == 1'100);
}

TEST_CASE("the size follows what is sold now to within three parts in a hundred", "[position]") {
  for (const auto& [from, to] : {std::pair<int64_t, int64_t>{1'000, 6'000},
                                 {6'000, 1'000},
                                 {350, 512},
                                 {1'000'000, 250'000}}) {
    Position position = Sold(64, kHourS, from);
    for (int i = 0; i < 400; ++i) NoteSale(position, At((64 + i) * kHourS), to);
    CAPTURE(from, to, UnpackQuantity(position.sale_size));
    CHECK(std::llabs(UnpackQuantity(position.sale_size) - to) <= to * 35 / 1000);
  }
}

TEST_CASE("sales from before their sizes were measured are no rate until the next one",
          "[position]") {
  Position position = Sold(40, kHourS);
  position.sale_size = 0;
  CHECK(SalesOf(position).in_s == 0);
  NoteSale(position, At(40 * kHourS), -2'000);
  CHECK(SalesOf(position).sold_milli == 40 * 2'000);
}
