#include "rules/allocation.h"

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "rules/rule_set.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kWhole = 100'000'000;

using Numbers = std::vector<int64_t>;

std::vector<Sharer> SharersOf(const Numbers& shares, const Numbers& wanted) {
  std::vector<Sharer> sharers;
  for (size_t i = 0; i < shares.size(); ++i) sharers.push_back({shares[i], wanted[i], 0});
  return sharers;
}

Numbers Granted(int64_t steps, const Numbers& shares, const Numbers& wanted) {
  std::vector<Sharer> sharers = SharersOf(shares, wanted);
  ShareOut(steps, sharers);
  Numbers granted;
  for (const Sharer& sharer : sharers) granted.push_back(sharer.granted);
  return granted;
}

// The same in another style: fractions are compared as fractions, and steps are handed out one at a
// time, first to who stands behind its part the furthest, then to who still wants one.
Numbers GrantedOneByOne(int64_t steps, const Numbers& shares, const Numbers& wanted) {
  const size_t n = shares.size();
  int64_t sum = 0;
  for (const int64_t share : shares) sum += share;
  Numbers parts(n, 0);
  if (sum > 0) {
    int64_t handed = 0;
    for (size_t i = 0; i < n; ++i) {
      while ((parts[i] + 1) * sum <= steps * shares[i]) ++parts[i], ++handed;
    }
    // The fraction that is left of i's part, times sum. Of equal ones the first is served first.
    std::multimap<int64_t, size_t, std::greater<>> left;
    for (size_t i = 0; i < n; ++i) left.emplace(steps * shares[i] - parts[i] * sum, i);
    for (auto next = left.begin(); handed < steps; ++next, ++handed) ++parts[next->second];
  }
  Numbers granted(n, 0);
  int64_t over = steps;
  for (size_t i = 0; i < n; ++i) {
    granted[i] = std::min(parts[i], wanted[i]);
    over -= granted[i];
  }
  for (size_t i = 0; i < n; ++i) {
    for (; over > 0 && granted[i] < wanted[i]; --over) ++granted[i];
  }
  return granted;
}

}  // namespace

TEST_CASE("what there is is shared by shares, the rest by largest remainder, then who goes first",
          "[rules]") {
  constexpr int64_t kMuch = 1'000;
  CHECK(Granted(10, {60, 40}, {kMuch, kMuch}) == Numbers{6, 4});
  CHECK(Granted(11, {60, 40}, {kMuch, kMuch}) == Numbers{7, 4});  // 6.6 and 4.4
  CHECK(Granted(1, {60, 40}, {kMuch, kMuch}) == Numbers{1, 0});
  CHECK(Granted(0, {60, 40}, {kMuch, kMuch}) == Numbers{0, 0});
  CHECK(Granted(3, {1, 1}, {kMuch, kMuch}) == Numbers{2, 1});  // 1.5 each
  CHECK(Granted(5, {1, 1, 1}, {kMuch, kMuch, kMuch}) == Numbers{2, 2, 1});
  CHECK(Granted(7, {3}, {kMuch}) == Numbers{7});
  CHECK(Granted(2, {1'000'000, 1}, {kMuch, kMuch}) == Numbers{2, 0});
}

TEST_CASE("what one does not want goes on to who wants more, in their order", "[rules]") {
  CHECK(Granted(10, {60, 40}, {2, 20}) == Numbers{2, 8});
  CHECK(Granted(10, {60, 40}, {20, 1}) == Numbers{9, 1});
  CHECK(Granted(10, {1, 1, 1}, {0, 5, 9}) == Numbers{0, 5, 5});  // 4 3 3; 4 over: 2 and 2
  CHECK(Granted(10, {1, 1, 1}, {0, 4, 9}) == Numbers{0, 4, 6});
  CHECK(Granted(10, {1, 1}, {3, 4}) == Numbers{3, 4});  // more than all want
  CHECK(Granted(7, {1, 9}, {3, 4}) == Numbers{3, 4});   // as much as all want
  CHECK(Granted(6, {1, 9}, {3, 4}) == Numbers{2, 4});   // one less: 0.6 and 5.4, 1 and 5
}

TEST_CASE("a share of nothing takes what the others leave", "[rules]") {
  CHECK(Granted(10, {0, 5}, {10, 4}) == Numbers{6, 4});
  CHECK(Granted(10, {0, 5}, {10, 10}) == Numbers{0, 10});
  CHECK(Granted(10, {0, 0}, {7, 7}) == Numbers{7, 3});
  CHECK(Granted(10, {0}, {7}) == Numbers{7});
}

TEST_CASE("shares and quantities may be as large as they come", "[rules]") {
  const Numbers shares(64, kShareMax), wanted(64, kMax);
  const Numbers granted = Granted(kMax, shares, wanted);
  CHECK(granted.front() == kMax / 64 + 1);
  CHECK(granted.back() == kMax / 64);
  int64_t sum = 0;
  for (const int64_t one : granted) sum += one;
  CHECK(sum == kMax);
  // 2^63 - 1 of 1,000,001 shares: the remainders are 37,685 and 962,316 of them.
  CHECK(Granted(kMax, {kShareMax, 1}, {kMax, kMax}) ==
        Numbers{kMax - (kMax / 1'000'001 + 1), kMax / 1'000'001 + 1});
}

TEST_CASE("a group's whole steps are base times its overcommit, rounded down", "[rules]") {
  struct Row {
    int64_t base, overcommit, step, steps;
  };
  for (const Row& row : std::vector<Row>{{0, kWhole, 1000, 0},
                                         {9'999, kWhole, 1000, 9},
                                         {10'000, kWhole, 1000, 10},
                                         {10'001, kWhole, 1000, 10},
                                         {10'000, kWhole * 12 / 10, 1000, 12},
                                         {9'999, kWhole * 12 / 10, 1000, 11},
                                         {833, kWhole * 12 / 10, 1000, 0},
                                         {834, kWhole * 12 / 10, 1000, 1},
                                         {10'000, kWhole / 100, 1000, 0},
                                         {100'000, kWhole / 100, 1000, 1},
                                         {2'750, kWhole, 250, 11},
                                         {2'749, kWhole, 250, 10},
                                         {2'750, kWhole, 1, 2'750},
                                         {kMax, kWhole, 1, kMax},
                                         {kMax, kWhole * 10, 1, kMax},
                                         {kMax, kWhole * 10, kMax, 1}}) {
    CAPTURE(row.base, row.overcommit, row.step);
    CHECK(GroupSteps(row.base, row.overcommit, row.step) == row.steps);
  }
}

TEST_CASE("what a channel has reserved itself takes nothing of the group", "[rules]") {
  struct Row {
    int64_t in, own, step, wanted;
  };
  for (const Row& row : std::vector<Row>{{0, 0, 1000, 0},
                                         {2'999, 0, 1000, 2},
                                         {3'000, 0, 1000, 3},
                                         {3'000, 1'000, 1000, 2},
                                         {3'000, 3'000, 1000, 0},
                                         {3'000, 4'000, 1000, 0},
                                         {3'000, 250, 1000, 3},  // 2.75 take three
                                         {3'900, 2'250, 1000, 1},
                                         {750, 250, 250, 2},
                                         {kMax, 0, 1, kMax}}) {
    CAPTURE(row.in, row.own, row.step);
    CHECK(StepsWanted(row.in, row.own, row.step) == row.wanted);
  }
}

TEST_CASE("whole steps pass, the channel's own on top", "[rules]") {
  struct Row {
    int64_t in, own, wanted, granted, step, out;
  };
  for (const Row& row : std::vector<Row>{{3'750, 0, 3, 3, 1000, 3'000},
                                         {3'750, 0, 3, 2, 1000, 2'000},
                                         {3'750, 0, 3, 0, 1000, 0},
                                         {5'000, 2'000, 3, 1, 1000, 3'000},
                                         {5'000, 2'250, 3, 1, 1000, 3'000},
                                         {5'000, 2'250, 3, 0, 1000, 2'000},
                                         {1'500, 2'000, 0, 0, 1000, 1'000},
                                         {2'749, 0, 10, 7, 250, 1'750},
                                         {2'749, 0, 10, 10, 250, 2'500}}) {
    CAPTURE(row.in, row.own, row.granted, row.step);
    const Sharer sharer{.share = 1, .wanted = row.wanted, .granted = row.granted};
    CHECK(AfterAllocation(row.in, row.own, sharer, row.step) == row.out);
  }
}

TEST_CASE("sharing agrees with steps that are handed out one by one", "[rules]") {
  std::mt19937 random(8128);
  auto number = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto sharers = static_cast<size_t>(number(1, 6));
    const int64_t steps = number(0, number(0, 3) == 0 ? 200 : 12);
    Numbers shares, wanted;
    for (size_t s = 0; s < sharers; ++s) {
      shares.push_back(number(0, 4) == 0 ? 0 : number(1, number(0, 1) == 0 ? 4 : 100));
      wanted.push_back(number(0, 3) == 0 ? 0 : number(1, steps + 2));
    }
    CAPTURE(i, steps, shares, wanted);
    const Numbers granted = Granted(steps, shares, wanted);
    REQUIRE(granted == GrantedOneByOne(steps, shares, wanted));
    int64_t sum = 0, all_wanted = 0;
    for (size_t s = 0; s < sharers; ++s) {
      REQUIRE(granted[s] <= wanted[s]);
      sum += granted[s];
      all_wanted += wanted[s];
    }
    REQUIRE(sum == std::min(steps, all_wanted));
  }
}

TEST_CASE("who wants less is never granted more, and nobody else less", "[rules]") {
  std::mt19937 random(6174);
  for (int i = 0; i < 20'000; ++i) {
    const auto steps = static_cast<int64_t>(random() % 30);
    Numbers shares, wanted;
    for (int s = 0; s < 4; ++s) {
      shares.push_back(random() % 10);
      wanted.push_back(random() % 20);
    }
    const Numbers before = Granted(steps, shares, wanted);
    const size_t who = random() % 4;
    wanted[who] -= static_cast<int64_t>(random() % 20) % (wanted[who] + 1);
    const Numbers after = Granted(steps, shares, wanted);
    for (size_t s = 0; s < 4; ++s)
      REQUIRE((s == who ? after[s] <= before[s] : after[s] >= before[s]));
  }
}
