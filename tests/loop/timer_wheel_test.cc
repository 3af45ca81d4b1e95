#include "loop/timer_wheel.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "support/catch.h"

using shelf::kNever;
using shelf::PartitionTime;
using shelf::PositionId;
using shelf::PositionTable;
using shelf::SkuId;
using shelf::StoreId;
using shelf::TimerWheel;

namespace {

PartitionTime Second(int64_t second) { return PartitionTime{second * 1000}; }

// A wheel over `count` positions, already turned to `now_s`.
struct Wheel {
  explicit Wheel(uint32_t count, int64_t now_s = 0) {
    for (uint32_t n = 0; n < count; ++n) positions.Add(StoreId(0), SkuId(n));
    CHECK(Advance(now_s).empty());
  }
  void Schedule(uint32_t position, PartitionTime due) { wheel.Schedule(PositionId(position), due); }
  std::vector<uint32_t> Advance(int64_t now_s) {
    wheel.Advance(Second(now_s));
    return TakeAll();
  }
  std::vector<uint32_t> TakeAll() {
    std::vector<uint32_t> numbers;
    for (PositionId id; wheel.TakeDue(id);) numbers.push_back(id.value);
    return numbers;
  }

  PositionTable positions{0};
  TimerWheel wheel{positions};
};

using Numbers = std::vector<uint32_t>;

}  // namespace

TEST_CASE("positions come up in the order of their due seconds, whatever level they wait on",
          "[loop]") {
  constexpr int64_t kNow = 1'793'599'200;
  const std::vector<int64_t> delays = {70'000, 1, 300, 65'536, 255, 256, 99'000};
  Wheel wheel(static_cast<uint32_t>(delays.size()), kNow);
  for (uint32_t n = 0; n < delays.size(); ++n) wheel.Schedule(n, Second(kNow + delays[n]));
  CHECK(wheel.wheel.size() == delays.size());
  CHECK(wheel.Advance(kNow + 100'000) == Numbers{1, 4, 5, 2, 3, 0, 6});
  CHECK(wheel.wheel.size() == 0);
}

TEST_CASE("a position comes up at its second and not a second earlier", "[loop]") {
  for (const int64_t delay : {1, 255, 256, 257, 511, 512, 65'535, 65'536, 70'000}) {
    for (const int64_t now : {int64_t{0}, int64_t{255}, int64_t{65'535}, int64_t{1'793'599'231}}) {
      Wheel wheel(1, now);
      wheel.Schedule(0, Second(now + delay));
      CHECK(wheel.Advance(now + delay - 1).empty());
      CHECK(wheel.Advance(now + delay) == Numbers{0});
    }
  }
}

TEST_CASE("scheduling again moves the one entry", "[loop]") {
  Wheel wheel(3, 1000);
  for (const uint32_t position : {0, 1, 2}) wheel.Schedule(position, Second(1010));
  wheel.Schedule(1, Second(1400));
  CHECK(wheel.wheel.size() == 3);
  Numbers due = wheel.Advance(1010);
  std::sort(due.begin(), due.end());
  CHECK(due == Numbers{0, 2});
  wheel.Schedule(1, Second(1020));
  CHECK(wheel.Advance(1020) == Numbers{1});
  CHECK(wheel.Advance(2000).empty());
}

TEST_CASE("a position that is never due is taken off, from the head and the middle of its list",
          "[loop]") {
  Wheel wheel(4, 1000);
  for (const uint32_t position : {0, 1, 2, 3}) wheel.Schedule(position, Second(1010));
  for (const uint32_t position : {1, 3}) wheel.Schedule(position, kNever);
  wheel.Schedule(1, kNever);
  CHECK(wheel.wheel.size() == 2);
  CHECK(wheel.Advance(1010) == Numbers{2, 0});
}

TEST_CASE("what is due by now comes up at the next advance, also within the same second",
          "[loop]") {
  Wheel wheel(3, 1000);
  wheel.Schedule(0, PartitionTime{1'000'999});
  wheel.Schedule(1, Second(1000));
  wheel.Schedule(2, Second(17));
  Numbers due = wheel.Advance(1000);
  std::sort(due.begin(), due.end());
  CHECK(due == Numbers{0, 1, 2});
  CHECK(wheel.Advance(1001).empty());
}

TEST_CASE("time that goes back brings nothing up and loses nothing", "[loop]") {
  Wheel wheel(1, 1000);
  wheel.Schedule(0, Second(1005));
  CHECK(wheel.Advance(900).empty());
  CHECK(wheel.Advance(1004).empty());
  CHECK(wheel.Advance(1005) == Numbers{0});
}

TEST_CASE("a jump over days brings up all that fell due and keeps the rest", "[loop]") {
  Wheel wheel(4, 1'793'599'200);
  wheel.Schedule(0, Second(1'793'599'200));
  wheel.Schedule(1, Second(1'793'700'000));
  wheel.Schedule(2, Second(1'794'204'000));
  wheel.Schedule(3, Second(1'794'204'001));
  Numbers due = wheel.Advance(1'794'204'000);
  std::sort(due.begin(), due.end());
  CHECK(due == Numbers{0, 1, 2});
  CHECK(wheel.Advance(1'794'204'001) == Numbers{3});
}

TEST_CASE("a due time beyond the wheel's range waits at its end", "[loop]") {
  Wheel wheel(1, 1000);
  wheel.Schedule(0, PartitionTime{kNever.ms - 1});
  CHECK(wheel.Advance(4'000'000'000).empty());
  CHECK(wheel.wheel.size() == 1);
}

TEST_CASE("what has come up waits to be taken, before what comes up later", "[loop]") {
  Wheel wheel(4, 1000);
  for (const uint32_t position : {0, 1}) wheel.Schedule(position, Second(1002 + position));
  wheel.wheel.Advance(Second(1002));
  wheel.wheel.Advance(Second(1003));
  CHECK(wheel.wheel.due() == 2);
  CHECK(wheel.wheel.HasComeUp(PositionId(0)));
  wheel.Schedule(2, Second(1003));
  CHECK_FALSE(wheel.wheel.HasComeUp(PositionId(2)));
  CHECK(wheel.Advance(1004) == Numbers{0, 1, 2});
  CHECK(wheel.wheel.due() == 0);
}

TEST_CASE(
    "what has come up can be scheduled again, from the head, the middle and the end of its list",
    "[loop]") {
  for (const uint32_t moved : {0, 1, 2}) {
    Wheel wheel(4, 1000);
    for (const uint32_t position : {0, 1, 2}) {
      wheel.Schedule(position, Second(1001));
      wheel.wheel.Advance(Second(1001));
    }
    wheel.Schedule(moved, Second(1010));
    wheel.Schedule(3, Second(1001));
    wheel.wheel.Advance(Second(1001));
    Numbers expected = {0, 1, 2, 3};
    std::erase(expected, moved);
    CHECK(wheel.wheel.due() == 3);
    CHECK(wheel.TakeAll() == expected);
    CHECK(wheel.Advance(1010) == Numbers{moved});
    CHECK(wheel.wheel.size() == 0);
  }
}

TEST_CASE("a late rise waits apart until it is taken or scheduled again", "[loop]") {
  Wheel wheel(3, 1000);
  for (const uint32_t position : {0, 1, 2}) {
    wheel.Schedule(position, Second(2000));
    wheel.wheel.AddLateRise(PositionId(position));
  }
  CHECK(wheel.Advance(3000).empty());
  CHECK(wheel.wheel.late_rises() == 3);
  wheel.Schedule(1, Second(3001));
  PositionId id;
  REQUIRE(wheel.wheel.TakeLateRise(id));
  CHECK(id == PositionId(0));
  REQUIRE(wheel.wheel.TakeLateRise(id));
  CHECK(id == PositionId(2));
  CHECK_FALSE(wheel.wheel.TakeLateRise(id));
  CHECK(wheel.Advance(3001) == Numbers{1});
}

TEST_CASE("over random histories the wheel agrees with a sorted map", "[loop]") {
  constexpr uint32_t kPositions = 50;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&random](int64_t below) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(below));
    };
    int64_t now = seed % 2 == 0 ? 0 : 1'793'599'200 + pick(100'000);
    Wheel wheel(kPositions, now);
    std::multimap<int64_t, uint32_t> waiting;  // due second -> position
    for (int step = 0; step < 400; ++step) {
      const auto position = static_cast<uint32_t>(pick(kPositions));
      const int64_t range = int64_t{1} << pick(19);
      if (const int64_t kind = pick(10); kind < 6) {
        const int64_t due = now + pick(range) - (kind == 0 ? 5 : 0);
        std::erase_if(waiting, [&](const auto& entry) { return entry.second == position; });
        waiting.emplace(std::max(due, now), position);
        wheel.Schedule(position, PartitionTime{due * 1000 + pick(1000)});
      } else if (kind == 6) {
        std::erase_if(waiting, [&](const auto& entry) { return entry.second == position; });
        wheel.Schedule(position, kNever);
      } else {
        now += pick(range);
        Numbers expected;
        while (!waiting.empty() && waiting.begin()->first <= now) {
          expected.push_back(waiting.begin()->second);
          waiting.erase(waiting.begin());
        }
        Numbers due = wheel.Advance(now);
        std::sort(expected.begin(), expected.end());
        std::sort(due.begin(), due.end());
        INFO("seed " << seed << ", step " << step << ", second " << now);
        REQUIRE(due == expected);
      }
      REQUIRE(wheel.wheel.size() == waiting.size());
    }
  }
}
