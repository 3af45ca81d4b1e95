// Reads YAML nodes into values by the table of options and collects what is wrong with them, each
// with its place. A value that cannot be read has been reported and leaves its slot as it was;
// reading goes on with the next one.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rules/options.h"
#include "rules/rule_set.h"
#include "yaml-cpp/yaml.h"

namespace shelf {

// Where a value goes, by its option's type:
//   kSwitch, kWord (true when it is there)            bool*
//   kUnits, kNumber, kWhole, kPercent, kDuration      int64_t*, see ParseOption
//   kNumber                                           double* too
//   kName                                             std::string*
//   kNames (sorted, each once), kPath                 std::vector<std::string>*
//   kMap, kMaps                                       what reads the map, or the list
//   kNamedMaps                                        what reads each name with its map
using ReadNode = std::function<void(const YAML::Node& value)>;
using ReadNamed = std::function<void(const YAML::Node& name, const YAML::Node& value)>;
using Slot = std::variant<bool*, int64_t*, double*, std::string*, std::vector<std::string>*,
                          ReadNode, ReadNamed>;

struct Binding {
  std::string_view key;
  Slot slot;
};

// Scalars are read from their written text, so that 0557722 keeps its zero.
class YamlReader {
 public:
  // Borrows `messages`, which outlives the reader.
  explicit YamlReader(std::vector<RulesMessage>& messages) : messages_(messages) {}

  void Error(const YAML::Mark& at, std::string text) { Add(at, false, std::move(text)); }
  void Warn(const YAML::Mark& at, std::string text) { Add(at, true, std::move(text)); }

  // Reads a map whose keys are the options of `section`; `bindings` has each that is available.
  // `shown` names this one in messages; "" = as the section does. Refused: not a map, an unknown
  // key, a key twice or without a value, an option that is not available, too few or too many of
  // the options.
  void Read(const YAML::Node& node, std::string_view section, const std::vector<Binding>& bindings,
            const std::string& shown = "");

  std::vector<RulesMessage>& messages() { return messages_; }

  // Whether the map has the key, with or without a usable value.
  static bool Has(const YAML::Node& map, std::string_view key);

 private:
  void Add(const YAML::Mark& at, bool warning, std::string text);
  // Visits each key once, those that are not usable refused.
  void Entries(const YAML::Node& node, const std::string& shown, const ReadNamed& read);
  void UnknownKey(const YAML::Node& key, const Section& section, const std::string& shown);
  void CheckChoice(const YAML::Node& node, const Section& section, const std::string& shown,
                   bool all_known);
  void Value(const YAML::Node& node, const Option& option, const Slot& slot);
  void Number(const YAML::Node& node, const Option& option, const Slot& slot);
  void NamedMaps(const YAML::Node& node, const Option& option, const ReadNamed& read);
  // False: refused.
  bool Scalar(const YAML::Node& node, const Option& option);
  bool Text(const YAML::Node& node, const Option& option);
  void Texts(const YAML::Node& node, const Option& option, std::vector<std::string>& texts);
  void Unfit(const YAML::Node& node, const Option& option);
  // One more value is read. False: there are more than any file without aliases could hold.
  bool Spend(const YAML::Node& node);

  std::vector<RulesMessage>& messages_;
  size_t values_ = 0;
};

}  // namespace shelf
