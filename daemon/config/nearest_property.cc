#include <string>
#include <utility>
#include <vector>

#include "base/nearest_name.h"
#include "config/properties.h"

namespace shelf {
namespace {

// Property names are long and share their sections: fewer slips are forgiven.
constexpr size_t kBytesPerChange = 4;

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
  std::vector<std::string> candidates;
  for (const Property& property : Properties()) {
    for (std::string& candidate : Candidates(property, name)) {
      candidates.push_back(std::move(candidate));
    }
  }
  return NearestName(name, candidates, kBytesPerChange);
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
