#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "config/properties.h"

namespace shelf {
namespace {

constexpr size_t kBytesMax = 80;  // longer names are no slip of the pen

size_t Changes(std::string_view a, std::string_view b) {
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

// What `name` could have meant under this property: its name with the given part as written, and
// the sections it lies in.
std::vector<std::string> Candidates(const Property& property, std::string_view name) {
  const std::string_view before = property.before_given();
  std::vector<std::string> candidates;
  if (!property.has_given_part()) {
    candidates.emplace_back(before);
  } else if (name.starts_with(before) && name.rfind('.') >= before.size()) {
    candidates.push_back(std::string(name.substr(0, name.rfind('.'))) +
                         std::string(property.after_given()));
  }
  for (size_t dot = before.find('.'); dot != std::string_view::npos;
       dot = before.find('.', dot + 1)) {
    candidates.emplace_back(before.substr(0, dot));
  }
  return candidates;
}

// The property or section that was probably meant; empty when nothing is near.
std::string Nearest(std::string_view name) {
  std::string nearest;
  if (name.size() > kBytesMax) return nearest;
  size_t best = std::max<size_t>(1, name.size() / 4) + 1;
  for (const Property& property : Properties()) {
    for (std::string& candidate : Candidates(property, name)) {
      const size_t changes = Changes(name, candidate);
      if (changes >= best) continue;
      best = changes;
      nearest = std::move(candidate);
    }
  }
  return nearest;
}

}  // namespace

std::string NoSuchProperty(const std::string& name) {
  const std::string nearest = Nearest(name);
  if (IsSection(name) && (nearest.empty() || nearest == name)) {
    return "'" + name + "' is a section, not a property";
  }
  return "unknown property '" + name + "'" +
         (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
}

}  // namespace shelf
