// Whether a channel may sell an item of a store at all.
#include "scenarios/script.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kTwo[] = R"(
version: 1
channels:
  c: {}
  d: {}
)";

constexpr char kCollect[] = R"(
version: 1
channels:
  c: {methods: [click_and_collect]}
)";

struct Obstacle {
  const char* put;      // the line that takes the item off sale
  const char* lifted;   // the line that puts it on sale again
  const char* channel;  // whose; "" both
};

const Obstacle kObstacles[] = {
    {"listing 1 A delisted", "listing 1 A", ""},
    {"listing 1 A delisted", "gone listing/1/A", ""},
    {"item A blocked=c", "item A", "c"},
    {"store 1 erp=book closed", "store 1 erp=book", ""},
    {"gone store/1", "store 1 erp=book", ""},
    {"gone item/A", "item A", ""},
    {"stop r1 sku=A", "stop r1 sku=A lifted", ""},
    {"stop r1 store=1", "gone stop/r1", ""},
    {"stop r1 sku=A channel=c", "stop r1 sku=A channel=c lifted", "c"},
};

}  // namespace

TEST_CASE("what takes an item off sale sends zeros where it was published", "[scenarios]") {
  const Obstacle obstacle = GENERATE(from_range(std::begin(kObstacles), std::end(kObstacles)));
  CAPTURE(obstacle.put, obstacle.lifted);
  const Played played = Play(kTwo, std::string(R"(
    store 1 erp=book
    item A
    06:00 list 1/erp A=5
    06:00 tick
    )") + obstacle.put + "\n06:00:10 tick\n" +
                                       obstacle.lifted + "\n06:00:20 tick\n");
  Lines expected = {"c/1/A 5", "d/1/A 5", "c/1/A 0", "c/1/A 5"};
  if (obstacle.channel[0] == '\0') {
    expected = {"c/1/A 5", "d/1/A 5", "c/1/A 0", "d/1/A 0", "c/1/A 5", "d/1/A 5"};
  }
  CHECK(played.numbers() == expected);
  CHECK(played.reject_reasons() == Lines{});
}

TEST_CASE("what was off sale from the start is never published", "[scenarios]") {
  const Obstacle obstacle = GENERATE(from_range(std::begin(kObstacles), std::end(kObstacles)));
  CAPTURE(obstacle.put);
  const Played played = Play(kTwo, std::string(R"(
    store 1 erp=book
    item A
    )") + obstacle.put + "\n06:00 list 1/erp A=5\n06:00 tick\n06:00:10 tick\n");
  const Lines expected = obstacle.channel[0] == '\0' ? Lines{} : Lines{"d/1/A 5"};
  CHECK(played.numbers() == expected);
}

TEST_CASE("an unknown item is published when its reference arrives", "[scenarios]") {
  const Played played = Play(kTwo, R"(
    store 1 erp=book
    06:00    list 1/erp A=5
    06:00    tick
    06:00:05 sale 1/erp A=1
    06:00:10 tick
    item A
    06:00:20 tick
  )");
  CHECK(played.availability() == Lines{"06:00:20 c/1/A 4 in_stock", "06:00:20 d/1/A 4 in_stock"});
}

TEST_CASE("an unknown store is published when its reference arrives", "[scenarios]") {
  const Played played = Play(kTwo, R"(
    item A
    06:00 list 1/erp A=5
    06:00 tick
    store 1 erp=book
    06:00:10 tick
  )");
  CHECK(played.availability() == Lines{"06:00:10 c/1/A 5 in_stock", "06:00:10 d/1/A 5 in_stock"});
}

TEST_CASE("a stop that expires lets go by itself at its time", "[scenarios]") {
  const Played played = Play(kTwo, R"(
    store 1 erp=book
    item A
    06:00 list 1/erp A=5
    06:00 tick
    stop r1 sku=A channel=c until=06:01:30
    06:00:10 ticks 06:03
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/1/A 5 in_stock", "06:00:00 d/1/A 5 in_stock",
                                       "06:00:10 c/1/A 0 out_of_stock",
                                       "06:01:30 c/1/A 5 in_stock"});
}

TEST_CASE("a store serves a channel only with one of its methods", "[scenarios]") {
  const Played played = Play(kCollect, R"(
    store 1 erp=book service=courier
    store 2 erp=book service=click_and_collect
    item A
    06:00 list 1/erp A=5
    06:00 list 2/erp A=6
    06:00 tick
    store 1 erp=book service=courier service=click_and_collect
    06:00:10 tick
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/2/A 6 in_stock", "06:00:10 c/1/A 5 in_stock"});
}
