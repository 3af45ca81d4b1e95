#include "base/nearest_name.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace shelf {
namespace {

constexpr size_t kBytesMax = 80;  // longer names are no slip of the pen

// Levenshtein's distance, one row at a time.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string NearestName(std::string_view written, std::span<const std::string> candidates,
                        size_t bytes_per_change) {
  std::string nearest;
  if (written.size() > kBytesMax) return nearest;
  size_t best = std::max<size_t>(1, written.size() / bytes_per_change) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = Distance(written, candidate);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace shelf
