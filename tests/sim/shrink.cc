#include "sim/shrink.h"

#include <algorithm>
#include <numeric>

namespace shelf::sim {
namespace {

std::vector<size_t> Without(const std::vector<size_t>& numbers, size_t from, size_t count) {
  std::vector<size_t> left = numbers;
  const auto first = left.begin() + static_cast<std::ptrdiff_t>(from);
  left.erase(first, first + static_cast<std::ptrdiff_t>(std::min(count, left.size() - from)));
  return left;
}

}  // namespace

Plan WithSteps(const Plan& plan, const std::vector<size_t>& numbers) {
  Plan part = plan;
  part.steps.clear();
  for (const size_t number : numbers) part.steps.push_back(plan.steps[number]);
  return part;
}

std::vector<size_t> Shrink(const Plan& plan, const std::function<bool(const Plan&)>& fails,
                           int tries_max) {
  std::vector<size_t> numbers(plan.steps.size());
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  for (size_t part = (numbers.size() + 1) / 2; part > 0 && tries_max > 0;) {
    bool shorter = false;
    // From the end: what comes last is least needed by what is left.
    for (size_t end = numbers.size(); end > 0 && tries_max > 0;) {
      const size_t from = end > part ? end - part : 0;
      std::vector<size_t> left = Without(numbers, from, end - from);
      --tries_max;
      if (fails(WithSteps(plan, left))) {
        numbers = std::move(left);
        shorter = true;
      }
      end = from;
    }
    if (part == 1 && !shorter) break;
    if (part > 1) part = (part + 1) / 2;
  }
  return numbers;
}

}  // namespace shelf::sim
