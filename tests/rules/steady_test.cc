#include "rules/steady.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kRiseAfter = 600;

SteadyHold Hold(int64_t level, int64_t since) { return {level, PartitionTime{since}}; }

// A key under the stage, step by step.
class Key {
 public:
  explicit Key(int64_t rise_after) : rise_after_(rise_after) {}

  int64_t At(int64_t now, int64_t offered) {
    const SteadyStep step = AfterSteady(offered, decided_, hold_, PartitionTime{now}, rise_after_);
    decided_ = step.sellable;
    hold_ = step.hold;
    until_ = step.until;
    return step.sellable;
  }
  const std::optional<SteadyHold>& hold() const { return hold_; }
  PartitionTime until() const { return until_; }

 private:
  const int64_t rise_after_;
  std::optional<int64_t> decided_;
  std::optional<SteadyHold> hold_;
  PartitionTime until_ = kNever;
};

// The same from the whole history, without a state: what was offered when, and what was said.
struct Said {
  int64_t at, offered, said;
};

// When the rise that is held at the end of the history began: after the last step that said
// something new or offered no more than was said then.
size_t BeginOfRise(const std::vector<Said>& history) {
  size_t begin = history.size();
  while (begin > 0) {
    const Said& step = history[begin - 1];
    if (step.offered <= step.said) break;
    --begin;
    // A rise was said here, and more was offered: the next one began with it.
    if (begin > 0 && step.said != history[begin - 1].said) break;
  }
  return begin;
}

int64_t SaidNext(const std::vector<Said>& history, int64_t now, int64_t offered,
                 int64_t rise_after) {
  if (history.empty() || offered <= history.back().said) return offered;
  const int64_t said = history.back().said;
  const size_t begin = BeginOfRise(history);
  if (begin == history.size() || now - history[begin].at < rise_after) return said;
  int64_t least = offered;
  for (size_t i = begin; i < history.size(); ++i) least = std::min(least, history[i].offered);
  return least;
}

}  // namespace

TEST_CASE("the first number of a key is no rise", "[rules]") {
  const SteadyStep step = AfterSteady(7, std::nullopt, std::nullopt, PartitionTime{1'000}, 600);
  CHECK(step.sellable == 7);
  CHECK_FALSE(step.hold.has_value());
  CHECK(step.until == kNever);
}

TEST_CASE("a fall is taken at once, and what waited is forgotten", "[rules]") {
  for (const int64_t offered : {0, 4, 5}) {
    const SteadyStep step = AfterSteady(offered, 5, Hold(8, 900), PartitionTime{1'000}, kRiseAfter);
    CHECK(step.sellable == offered);
    CHECK_FALSE(step.hold.has_value());
    CHECK(step.until == kNever);
  }
}

TEST_CASE("a rise is taken once it has held exactly so long", "[rules]") {
  struct Row {
    int64_t now, offered, level, said;
  };
  for (const Row& row : std::vector<Row>{{1'000, 9, 9, 5},
                                         {1'599, 9, 9, 5},
                                         {1'600, 9, 9, 9},
                                         {1'601, 9, 9, 9},
                                         {1'599, 7, 9, 5},
                                         {1'600, 7, 9, 7},
                                         {1'600, 7, 6, 6},
                                         {1'600, 6, 6, 6},
                                         {9'999, 6, 7, 6}}) {
    CAPTURE(row.now, row.offered, row.level);
    const SteadyStep step =
        AfterSteady(row.offered, 5, Hold(row.level, 1'000), PartitionTime{row.now}, kRiseAfter);
    CHECK(step.sellable == row.said);
    const bool waits = step.sellable < row.offered;
    CHECK(step.hold.has_value() == waits);
    CHECK((step.until == kNever) == !waits);
  }
}

TEST_CASE("while a rise waits, the least that is offered is what waits", "[rules]") {
  Key key(kRiseAfter);
  CHECK(key.At(0, 5) == 5);
  CHECK(key.At(100, 9) == 5);
  CHECK(key.hold() == Hold(9, 100));
  CHECK(key.until() == PartitionTime{700});
  CHECK(key.At(200, 7) == 5);
  CHECK(key.At(300, 20) == 5);
  CHECK(key.hold() == Hold(7, 100));
  CHECK(key.until() == PartitionTime{700});
  CHECK(key.At(699, 20) == 5);
  CHECK(key.At(700, 20) == 7);
  // More is offered even now: the next rise begins here.
  CHECK(key.hold() == Hold(20, 700));
  CHECK(key.until() == PartitionTime{1'300});
  CHECK(key.At(1'299, 20) == 7);
  CHECK(key.At(1'300, 20) == 20);
  CHECK_FALSE(key.hold().has_value());
}

TEST_CASE("a dip to what was said begins the wait anew", "[rules]") {
  Key key(kRiseAfter);
  key.At(0, 5);
  key.At(100, 9);
  CHECK(key.At(600, 5) == 5);
  CHECK(key.At(601, 9) == 5);
  CHECK(key.At(1'200, 9) == 5);
  CHECK(key.At(1'201, 9) == 9);
}

TEST_CASE("a rise from zero waits as any other", "[rules]") {
  Key key(kRiseAfter);
  key.At(0, 0);
  CHECK(key.At(1, 3) == 0);
  CHECK(key.At(601, 3) == 3);
}

TEST_CASE("a time of zero switches the stage off, and lets go what waits", "[rules]") {
  for (const int64_t rise_after : {int64_t{0}, int64_t{-1}}) {
    const SteadyStep step = AfterSteady(9, 5, Hold(7, 1'000), PartitionTime{1'001}, rise_after);
    CHECK(step.sellable == 9);
    CHECK_FALSE(step.hold.has_value());
    CHECK(step.until == kNever);
  }
}

TEST_CASE("a time beyond all times waits for ever and overflows nothing", "[rules]") {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const SteadyStep step = AfterSteady(kMax, 0, std::nullopt, PartitionTime{kMax - 1}, kMax);
  CHECK(step.sellable == 0);
  CHECK(step.until == kNever);
  CHECK(AfterSteady(1, 0, Hold(1, 1), PartitionTime{kMax - 1}, kMax).sellable == 0);
}

TEST_CASE("step by step and from the whole history the same is said", "[rules]") {
  std::mt19937 random(1979);
  for (int run = 0; run < 2'000; ++run) {
    const auto rise_after = static_cast<int64_t>(random() % 20);
    Key key(rise_after);
    std::vector<Said> history;
    int64_t now = 0;
    for (int i = 0; i < 40; ++i) {
      now += static_cast<int64_t>(random() % 8);
      const auto offered = static_cast<int64_t>(random() % 6);
      const int64_t said = key.At(now, offered);
      CAPTURE(run, i, now, offered, rise_after);
      if (rise_after > 0) REQUIRE(said == SaidNext(history, now, offered, rise_after));
      REQUIRE(said <= offered);
      history.push_back({now, offered, said});
    }
  }
}

TEST_CASE("what is said above was offered for so long, at least that much", "[rules]") {
  std::mt19937 random(2001);
  for (int run = 0; run < 1'000; ++run) {
    const int64_t rise_after = 1 + static_cast<int64_t>(random() % 20);
    Key key(rise_after);
    std::vector<Said> history;
    int64_t now = 0;
    for (int i = 0; i < 60; ++i) {
      now += static_cast<int64_t>(random() % 8);
      const auto offered = static_cast<int64_t>(random() % 6);
      const int64_t said = key.At(now, offered);
      if (!history.empty() && said > history.back().said) {
        for (size_t j = history.size(); j-- > 0 && history[j].at > now - rise_after;) {
          REQUIRE(history[j].offered >= said);
        }
      }
      history.push_back({now, offered, said});
    }
  }
}
