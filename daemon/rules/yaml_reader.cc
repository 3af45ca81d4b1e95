#include "rules/yaml_reader.h"

#include <algorithm>
#include <set>

#include "base/nearest_name.h"
#include "rules/values.h"

namespace shelf {
namespace {

// Enough of a text to recognise it by, cut between characters.
std::string Shown(const std::string& text) {
  constexpr size_t kBytesMax = 60;
  if (text.size() <= kBytesMax) return "'" + text + "'";
  size_t end = kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return "'" + text.substr(0, end) + "…'";
}

std::string Kind(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a map";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Scalar:
      return Shown(node.Scalar());
    default:
      return "nothing";
  }
}

std::string Joined(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

void YamlReader::Add(const YAML::Mark& at, bool warning, std::string text) {
  messages_.push_back({at.line + 1, at.column + 1, warning, std::move(text)});
}

void YamlReader::Unfit(const YAML::Node& node, const std::string& what, const std::string& wanted) {
  Error(node.Mark(), what + " must be " + wanted + ", not " + Kind(node));
}

void YamlReader::UnknownKey(const YAML::Node& key, const std::string& what,
                            const std::vector<YamlKey>& keys) {
  std::vector<std::string> names;
  for (const YamlKey& known : keys) names.push_back(known.name);
  const std::string nearest = NearestName(key.Scalar(), names);
  Error(key.Mark(), "unknown key " + Shown(key.Scalar()) + " in " + what +
                        (nearest.empty() ? "; known are " + Joined(names)
                                         : "; did you mean '" + nearest + "'?"));
}

void YamlReader::Entries(
    const YAML::Node& node, const std::string& what,
    const std::function<void(const YAML::Node& key, const YAML::Node& value)>& read) {
  if (!node.IsMap()) return Unfit(node, what, "a map");
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const YAML::Node& key = entry.first;
    if (!key.IsScalar() || key.Scalar().empty()) {
      Error(key.Mark(), "a key in " + what + " must be a name, not " + Kind(key));
    } else if (!seen.insert(key.Scalar()).second) {
      Error(key.Mark(), Shown(key.Scalar()) + " stands twice in " + what);
    } else if (entry.second.IsNull()) {
      Error(key.Mark(), Shown(key.Scalar()) + " in " + what + " has no value");
    } else {
      read(key, entry.second);
    }
  }
}

void YamlReader::Map(const YAML::Node& node, const std::string& what,
                     const std::vector<YamlKey>& keys) {
  Entries(node, what, [&](const YAML::Node& key, const YAML::Node& value) {
    auto known = std::find_if(keys.begin(), keys.end(),
                              [&](const YamlKey& k) { return k.name == key.Scalar(); });
    if (known == keys.end()) return UnknownKey(key, what, keys);
    known->read(value);
  });
}

bool YamlReader::Has(const YAML::Node& map, const std::string& key) {
  return std::any_of(map.begin(), map.end(), [&](const auto& entry) {
    return entry.first.IsScalar() && entry.first.Scalar() == key;
  });
}

void YamlReader::NamedMap(
    const YAML::Node& node, const std::string& what,
    const std::function<void(const YAML::Node& name, const YAML::Node& value)>& read) {
  Entries(node, what, read);
  if (node.IsMap() && node.size() == 0) Error(node.Mark(), what + " names none");
}

bool YamlReader::List(const YAML::Node& node, const std::string& what,
                      const std::function<void(const YAML::Node& element)>& read) {
  if (!node.IsSequence()) {
    Unfit(node, what, "a list");
    return false;
  }
  for (const auto& element : node) read(element);
  return true;
}

const std::string* YamlReader::Scalar(const YAML::Node& node, const std::string& what,
                                      const std::string& wanted) {
  if (node.IsScalar()) return &node.Scalar();
  Unfit(node, what, wanted);
  return nullptr;
}

std::optional<std::string> YamlReader::Text(const YAML::Node& node, const std::string& what,
                                            size_t bytes_max) {
  const std::string wanted =
      "a text of 1 to " + std::to_string(bytes_max) + " bytes without control characters";
  const std::string* text = Scalar(node, what, wanted);
  if (text == nullptr) return std::nullopt;
  if (text->empty() || text->size() > bytes_max ||
      std::any_of(text->begin(), text->end(), IsControl)) {
    Unfit(node, what, wanted);
    return std::nullopt;
  }
  return *text;
}

std::vector<std::string> YamlReader::Texts(const YAML::Node& node, const std::string& what,
                                           size_t bytes_max) {
  std::vector<std::string> texts;
  auto add = [&](const YAML::Node& element) {
    if (auto text = Text(element, what, bytes_max)) texts.push_back(*std::move(text));
  };
  if (!node.IsSequence()) {
    add(node);
  } else if (node.size() == 0) {
    Error(node.Mark(), what + " is an empty list; leave it out to mean every one");
  } else {
    List(node, what, add);
  }
  return texts;
}

bool YamlReader::Is(const YAML::Node& node, const std::string& what, const std::string& word) {
  const std::string* text = Scalar(node, what, word);
  if (text == nullptr) return false;
  if (*text != word) Unfit(node, what, word);
  return *text == word;
}

std::optional<bool> YamlReader::Bool(const YAML::Node& node, const std::string& what) {
  const std::string* text = Scalar(node, what, "true or false");
  if (text == nullptr) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  Unfit(node, what, "true or false");
  return std::nullopt;
}

std::optional<int64_t> YamlReader::UnitsMilli(const YAML::Node& node, const std::string& what) {
  const std::string wanted = "a number of units from 0 to 999999999 with at most three decimals";
  const std::string* text = Scalar(node, what, wanted);
  if (text == nullptr) return std::nullopt;
  auto milli = ParseDecimal(*text, 3);
  if (!milli) Unfit(node, what, wanted);
  return milli;
}

std::optional<int64_t> YamlReader::DurationMs(const YAML::Node& node, const std::string& what) {
  constexpr int64_t kMsMax = int64_t{3650} * 86'400'000;
  const std::string wanted =
      "a duration with its unit, such as 250ms, 90s, 30m, 4h or 2d, "
      "at most 3650d";
  const std::string* text = Scalar(node, what, wanted);
  if (text == nullptr) return std::nullopt;
  auto ms = ParseDurationMs(*text);
  if (ms && *ms <= kMsMax) return ms;
  Unfit(node, what, wanted);
  return std::nullopt;
}

std::optional<int64_t> YamlReader::Percent(const YAML::Node& node, const std::string& what,
                                           int decimals) {
  const std::string wanted = decimals == 0 ? "a whole percentage from 0% to 100%"
                                           : "a percentage from 0% to 100% with at most " +
                                                 std::to_string(decimals) + " decimals";
  const std::string* text = Scalar(node, what, wanted);
  if (text == nullptr) return std::nullopt;
  auto percent = ParsePercent(*text, decimals);
  if (percent && *percent <= *ParsePercent("100", decimals)) return percent;
  Unfit(node, what, wanted);
  return std::nullopt;
}

std::optional<int64_t> YamlReader::Whole(const YAML::Node& node, const std::string& what,
                                         int64_t min, int64_t max) {
  const std::string wanted =
      "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  const std::string* text = Scalar(node, what, wanted);
  if (text == nullptr) return std::nullopt;
  const bool negative = text->starts_with('-');
  auto value = ParseDecimal(std::string_view(*text).substr(negative ? 1 : 0), 0);
  if (value && negative) value = -*value;
  if (value && *value >= min && *value <= max) return value;
  Unfit(node, what, wanted);
  return std::nullopt;
}

std::optional<double> YamlReader::Factor(const YAML::Node& node, const std::string& what, int max) {
  const std::string wanted =
      "a number from 0 to " + std::to_string(max) + " with at most three decimals";
  const std::string* text = Scalar(node, what, wanted);
  if (text == nullptr) return std::nullopt;
  const auto milli = ParseDecimal(*text, 3);
  if (milli && *milli <= int64_t{max} * 1000) return static_cast<double>(*milli) / 1000;
  Unfit(node, what, wanted);
  return std::nullopt;
}

}  // namespace shelf
