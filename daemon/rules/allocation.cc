#include "rules/allocation.h"

#include <algorithm>
#include <array>
#include <limits>

#include "rules/stage.h"

namespace shelf {
namespace {

constexpr int64_t kWhole = 100'000'000;  // 100 % in millionths of a percent

bool WantedFits(int64_t steps, std::span<const Sharer> sharers) {
  for (const Sharer& sharer : sharers) {
    if (sharer.wanted > steps) return false;
    steps -= sharer.wanted;
  }
  return true;
}

int64_t SumOfShares(std::span<const Sharer> sharers) {
  int64_t sum = 0;
  for (const Sharer& sharer : sharers) sum += sharer.share;
  return sum;
}

// Sets each one's part by its share, not looking at what it wants. They add up to `steps`.
void GrantParts(int64_t steps, int64_t sum_of_shares, std::span<Sharer> sharers) {
  std::array<int64_t, kChannelsMax> remainders{};
  int64_t left = steps;
  for (size_t i = 0; i < sharers.size(); ++i) {
    // steps * share / sum in two parts, so that no quantity overflows.
    const int64_t rest = steps % sum_of_shares * sharers[i].share;
    sharers[i].granted = steps / sum_of_shares * sharers[i].share + rest / sum_of_shares;
    remainders[i] = rest % sum_of_shares;
    left -= sharers[i].granted;
  }
  for (; left > 0; --left) {
    const auto largest = std::max_element(remainders.begin(), remainders.begin() + sharers.size());
    *largest = -1;
    ++sharers[static_cast<size_t>(largest - remainders.begin())].granted;
  }
}

// Cuts each grant down to what is wanted. What that leaves over.
int64_t TakeBack(std::span<Sharer> sharers) {
  int64_t over = 0;
  for (Sharer& sharer : sharers) {
    const int64_t granted = std::min(sharer.granted, sharer.wanted);
    over += sharer.granted - granted;
    sharer.granted = granted;
  }
  return over;
}

void PassOn(int64_t over, std::span<Sharer> sharers) {
  for (Sharer& sharer : sharers) {
    const int64_t more = std::min(over, sharer.wanted - sharer.granted);
    sharer.granted += more;
    over -= more;
  }
}

}  // namespace

void ShareOut(int64_t steps, std::span<Sharer> sharers) {
  if (WantedFits(steps, sharers)) {
    for (Sharer& sharer : sharers) sharer.granted = sharer.wanted;
    return;
  }
  const int64_t sum_of_shares = SumOfShares(sharers);
  if (sum_of_shares == 0) {
    for (Sharer& sharer : sharers) sharer.granted = 0;
    return PassOn(steps, sharers);
  }
  GrantParts(steps, sum_of_shares, sharers);
  PassOn(TakeBack(sharers), sharers);
}

int64_t GroupSteps(int64_t base_milli, int64_t overcommit_micro, int64_t step_milli) {
  int64_t milli = 0;
  if (__builtin_mul_overflow(base_milli / kWhole, overcommit_micro, &milli) ||
      __builtin_add_overflow(milli, base_milli % kWhole * overcommit_micro / kWhole, &milli)) {
    milli = std::numeric_limits<int64_t>::max();
  }
  return milli / step_milli;
}

int64_t StepsWanted(int64_t in_milli, int64_t own_milli, int64_t step_milli) {
  const int64_t beyond_own = in_milli - in_milli % step_milli - own_milli;
  if (beyond_own <= 0) return 0;
  return beyond_own / step_milli + (beyond_own % step_milli == 0 ? 0 : 1);
}

int64_t AfterAllocation(int64_t in_milli, int64_t own_milli, const Sharer& sharer,
                        int64_t step_milli) {
  const bool all = sharer.granted == sharer.wanted;
  const int64_t out_milli = all ? in_milli : own_milli + sharer.granted * step_milli;
  return out_milli - out_milli % step_milli;
}

}  // namespace shelf
