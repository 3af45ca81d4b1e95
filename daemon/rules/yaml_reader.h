// Reads YAML nodes into values and collects what is wrong with them, each with its place. A reader
// that fails has said why; reading goes on with the next one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rules/rule_set.h"
#include "yaml-cpp/yaml.h"

namespace shelf {

// A key that a map may have, and what reads its value.
struct YamlKey {
  std::string name;
  std::function<void(const YAML::Node& value)> read;
};

// `what` names the thing in messages, for example "limits.cap". Scalars are read from their
// written text, so that 0557722 keeps its zero.
class YamlReader {
 public:
  // Borrows `messages`, which outlives the reader.
  explicit YamlReader(std::vector<RulesMessage>& messages) : messages_(messages) {}

  void Error(const YAML::Mark& at, std::string text) { Add(at, false, std::move(text)); }
  void Warn(const YAML::Mark& at, std::string text) { Add(at, true, std::move(text)); }

  // Calls the reader of each key that is there. Refused: not a map, an unknown key (with the
  // nearest known one), a key twice, a key without a value.
  void Map(const YAML::Node& node, const std::string& what, const std::vector<YamlKey>& keys);

  // Whether the map has the key, with or without a usable value.
  static bool Has(const YAML::Node& map, const std::string& key);

  // A map whose keys are names that the author gives; refused like above, and when empty.
  void NamedMap(const YAML::Node& node, const std::string& what,
                const std::function<void(const YAML::Node& name, const YAML::Node& value)>& read);

  // The elements in order. False: not a list.
  bool List(const YAML::Node& node, const std::string& what,
            const std::function<void(const YAML::Node& element)>& read);

  // 1 … bytes_max bytes, no control characters.
  std::optional<std::string> Text(const YAML::Node& node, const std::string& what,
                                  size_t bytes_max);
  // One text or a list of at least one.
  std::vector<std::string> Texts(const YAML::Node& node, const std::string& what, size_t bytes_max);
  // True: the text is `word`, the only one there is. False: refused.
  bool Is(const YAML::Node& node, const std::string& what, const std::string& word);
  std::optional<bool> Bool(const YAML::Node& node, const std::string& what);
  // Units of measure, up to three decimals, 0 … 999'999'999; in thousandths.
  std::optional<int64_t> UnitsMilli(const YAML::Node& node, const std::string& what);
  std::optional<int64_t> DurationMs(const YAML::Node& node, const std::string& what);
  // 0 … 100 with at most `decimals` decimals, as an integer with that many.
  std::optional<int64_t> Percent(const YAML::Node& node, const std::string& what, int decimals);
  // A whole number in a range.
  std::optional<int64_t> Whole(const YAML::Node& node, const std::string& what, int64_t min,
                               int64_t max);
  // A number with at most three decimals, 0 … max.
  std::optional<double> Factor(const YAML::Node& node, const std::string& what, int max);

 private:
  void Add(const YAML::Mark& at, bool warning, std::string text);
  void UnknownKey(const YAML::Node& key, const std::string& what, const std::vector<YamlKey>& keys);
  // Visits each key once, those that are not usable refused.
  void Entries(const YAML::Node& node, const std::string& what,
               const std::function<void(const YAML::Node& key, const YAML::Node& value)>& read);
  // The written text of a scalar; null when it is none.
  const std::string* Scalar(const YAML::Node& node, const std::string& what,
                            const std::string& wanted);
  void Unfit(const YAML::Node& node, const std::string& what, const std::string& wanted);

  std::vector<RulesMessage>& messages_;
};

}  // namespace shelf
