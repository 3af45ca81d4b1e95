#include "rules/yaml_reader.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/nearest_name.h"
#include "rules/option_value.h"
#include "rules/rules_file.h"

namespace shelf {
namespace {

// Each value takes two bytes of a file at least; only aliases, which repeat what stands once, get
// above that.
constexpr size_t kValuesMax = kRulesFileBytesMax / 2;

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

std::string Joined(const std::vector<std::string>& names, const std::string& last_separator) {
  std::string joined;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) joined += i + 1 == names.size() ? last_separator : ", ";
    joined += names[i];
  }
  return joined;
}

std::string NameOf(const Option& option) {
  return std::string(SectionNamed(option.section).prefix) + std::string(option.key);
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool IsNumber(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The other sections that know the key: "limits or presence"; empty when none does.
std::string WhereElse(const std::string& key) {
  std::vector<std::string> places;
  for (const Option& option : AllOptions()) {
    if (option.key == key) places.emplace_back(SectionNamed(option.section).shown);
  }
  return Joined(places, " or ");
}

std::string UnknownKeyHint(const std::string& key, const Section& section) {
  if (key == "<<") return "; merge keys are not read: write out what they would bring";
  if (IsNumber(key)) return "; decimals stand after a point, not after a comma";
  std::vector<std::string> names;
  for (const Option& option : OptionsOf(section.name)) {
    if (option.available) names.emplace_back(option.key);
  }
  const std::string elsewhere = WhereElse(key);
  if (!elsewhere.empty()) return "; it belongs in " + elsewhere;
  const std::string nearest = NearestName(key, names);
  return nearest.empty() ? "; known are " + Joined(names, ", ")
                         : "; did you mean '" + nearest + "'?";
}

const Option* OptionNamed(std::string_view section, const std::string& key) {
  for (const Option& option : OptionsOf(section)) {
    if (option.key == key) return &option;
  }
  return nullptr;
}

const Slot* SlotOf(const std::vector<Binding>& bindings, std::string_view key) {
  for (const Binding& binding : bindings) {
    if (binding.key == key) return &binding.slot;
  }
  return nullptr;
}

void CheckBindings(std::string_view section, const std::vector<Binding>& bindings) {
  size_t available = 0;
  for (const Option& option : OptionsOf(section)) {
    if (!option.available) continue;
    ++available;
    SHELF_CHECK(SlotOf(bindings, option.key) != nullptr, "each option of the table is bound");
  }
  SHELF_CHECK(available == bindings.size(), "what is bound is in the table");
}

}  // namespace

void YamlReader::Add(const YAML::Mark& at, bool warning, std::string text) {
  messages_.push_back({at.line + 1, at.column + 1, warning, std::move(text)});
}

void YamlReader::Unfit(const YAML::Node& node, const Option& option) {
  const std::string hint = node.IsScalar() ? HintFor(option, node.Scalar()) : "";
  Error(node.Mark(),
        NameOf(option) + " must be " + WantedOf(option) + ", not " + Kind(node) + hint);
}

void YamlReader::UnknownKey(const YAML::Node& key, const Section& section,
                            const std::string& shown) {
  Error(key.Mark(), "unknown key " + Shown(key.Scalar()) + " in " + shown +
                        UnknownKeyHint(key.Scalar(), section));
}

bool YamlReader::Spend(const YAML::Node& node) {
  if (values_ > kValuesMax) return false;
  if (++values_ <= kValuesMax) return true;
  Error(node.Mark(), "the file's aliases repeat so much that it holds more than " +
                         std::to_string(kValuesMax) + " values");
  return false;
}

void YamlReader::Entries(const YAML::Node& node, const std::string& shown, const ReadNamed& read) {
  if (!node.IsMap()) {
    return Error(node.Mark(), shown + " must be a map, not " + Kind(node));
  }
  std::map<std::string, int> lines;
  for (const auto& entry : node) {
    const YAML::Node& key = entry.first;
    if (!Spend(key)) return;
    if (!key.IsScalar() || key.Scalar().empty()) {
      Error(key.Mark(), "a key in " + shown + " must be a name, not " + Kind(key));
      continue;
    }
    const auto [first, added] = lines.try_emplace(key.Scalar(), key.Mark().line + 1);
    if (added) {
      read(key, entry.second);
    } else {
      Error(key.Mark(), Shown(key.Scalar()) + " stands twice in " + shown +
                            "; the first is in line " + std::to_string(first->second));
    }
  }
}

void YamlReader::Read(const YAML::Node& node, std::string_view section_name,
                      const std::vector<Binding>& bindings, const std::string& shown_as) {
  CheckBindings(section_name, bindings);
  const Section& section = SectionNamed(section_name);
  const std::string shown = shown_as.empty() ? std::string(section.shown) : shown_as;
  bool all_known = true;
  Entries(node, shown, [&](const YAML::Node& key, const YAML::Node& value) {
    const Option* option = OptionNamed(section_name, key.Scalar());
    all_known &= option != nullptr;
    if (option == nullptr) {
      UnknownKey(key, section, shown);
    } else if (!option->available) {
      Error(key.Mark(), NameOf(*option) + " is not available in this version of shelfd");
    } else if (value.IsNull()) {
      Error(key.Mark(), NameOf(*option) + " has no value; write it as in " +
                            std::string(option->key) + ": " + std::string(option->example));
    } else {
      Value(value, *option, *SlotOf(bindings, option->key));
    }
  });
  if (node.IsMap()) CheckChoice(node, section, shown, all_known);
}

void YamlReader::CheckChoice(const YAML::Node& node, const Section& section,
                             const std::string& shown, bool all_known) {
  std::vector<std::string> choices, given;
  for (const Option& option : OptionsOf(section.name)) {
    const bool has = Has(node, option.key);
    if (option.required) {
      if (has) continue;
      Error(node.Mark(), shown + " needs " + std::string(option.key) + ", as in " +
                             std::string(option.key) + ": " + std::string(option.example));
      continue;
    }
    if (option.available) choices.emplace_back(option.key);
    if (has) given.emplace_back(option.key);
  }
  // A key that is unknown may have been meant for one of them.
  if (section.choice == Choice::kAny || (given.empty() && !all_known)) return;
  if (section.choice == Choice::kAtLeastOne && given.empty()) {
    const std::string end = section.if_none.empty() ? "" : "; " + std::string(section.if_none);
    Error(node.Mark(), shown + " needs " + Joined(choices, " or ") + end);
  } else if (section.choice == Choice::kExactlyOne && given.size() != 1) {
    const std::string end = given.empty() ? "" : ", not " + Joined(given, " and ") + " together";
    Error(node.Mark(), shown + " needs one of " + Joined(choices, " and ") + end);
  }
}

bool YamlReader::Has(const YAML::Node& map, std::string_view key) {
  return std::any_of(map.begin(), map.end(), [&](const auto& entry) {
    return entry.first.IsScalar() && entry.first.Scalar() == key;
  });
}

void YamlReader::Value(const YAML::Node& node, const Option& option, const Slot& slot) {
  switch (option.type) {
    case OptionType::kMap:
      return std::get<ReadNode>(slot)(node);
    case OptionType::kNamedMaps:
      return NamedMaps(node, option, std::get<ReadNamed>(slot));
    case OptionType::kMaps:
      if (!node.IsSequence()) return Unfit(node, option);
      if (node.size() <= static_cast<size_t>(option.max)) return std::get<ReadNode>(slot)(node);
      return Error(node.Mark(), NameOf(option) + " has " + std::to_string(node.size()) +
                                    " elements; at most " + std::to_string(option.max));
    case OptionType::kName:
      if (Text(node, option)) *std::get<std::string*>(slot) = node.Scalar();
      return;
    case OptionType::kNames:
    case OptionType::kPath:
      return Texts(node, option, *std::get<std::vector<std::string>*>(slot));
    case OptionType::kWord:
      if (!Scalar(node, option)) return;
      if (node.Scalar() != option.example) return Unfit(node, option);
      *std::get<bool*>(slot) = true;
      return;
    case OptionType::kSwitch:
      if (!Scalar(node, option)) return;
      if (node.Scalar() != "true" && node.Scalar() != "false") return Unfit(node, option);
      *std::get<bool*>(slot) = node.Scalar() == "true";
      return;
    default:
      return Number(node, option, slot);
  }
}

void YamlReader::Number(const YAML::Node& node, const Option& option, const Slot& slot) {
  if (!Scalar(node, option)) return;
  const std::optional<int64_t> value = ParseOption(option, node.Scalar());
  if (!value) return Unfit(node, option);
  if (const auto* real = std::get_if<double*>(&slot)) {
    **real = static_cast<double>(*value) / 1000;
  } else {
    *std::get<int64_t*>(slot) = *value;
  }
}

void YamlReader::NamedMaps(const YAML::Node& node, const Option& option, const ReadNamed& read) {
  Entries(node, NameOf(option), [&](const YAML::Node& name, const YAML::Node& value) {
    Text(name, option);
    if (value.IsNull()) {
      return Error(name.Mark(), Shown(name.Scalar()) + " in " + NameOf(option) +
                                    " has no value; write {} for one without settings");
    }
    read(name, value);
  });
  if (node.IsMap() && node.size() == 0) Error(node.Mark(), NameOf(option) + " names none");
}

bool YamlReader::Scalar(const YAML::Node& node, const Option& option) {
  if (node.IsScalar()) return true;
  Unfit(node, option);
  return false;
}

bool YamlReader::Text(const YAML::Node& node, const Option& option) {
  if (node.IsScalar()) {
    const std::string& text = node.Scalar();
    if (!text.empty() && text.size() <= static_cast<size_t>(option.max) &&
        std::none_of(text.begin(), text.end(), IsControl)) {
      return true;
    }
  }
  const bool names_maps = option.type == OptionType::kNamedMaps;
  Error(node.Mark(), (names_maps ? "a name in " : "") + NameOf(option) + " must be a text of " +
                         std::to_string(option.min) + " to " + std::to_string(option.max) +
                         " bytes without control characters, not " + Kind(node));
  return false;
}

void YamlReader::Texts(const YAML::Node& node, const Option& option,
                       std::vector<std::string>& texts) {
  if (node.IsSequence() && node.size() == 0) {
    return Error(node.Mark(), NameOf(option) + " is an empty list; leave it out to mean every one");
  }
  const auto add = [&](const YAML::Node& element) {
    if (Spend(element) && Text(element, option)) texts.push_back(element.Scalar());
  };
  if (node.IsSequence()) {
    for (const auto& element : node) add(element);
  } else {
    add(node);
  }
  if (option.type != OptionType::kNames) return;
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

}  // namespace shelf
