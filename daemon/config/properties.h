// The one table of what can be configured. The YAML reader, --set, ConfigAsText and
// docs/reference/config.md all go through it; a property is added here and in Config, nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/config.h"

namespace shelf {

enum class PropertyType : uint8_t {
  kText,      // min … max bytes
  kInteger,   // min … max
  kBytes,     // an integer, or one with KiB, MiB or GiB
  kChoice,    // one of `choices`
  kName,      // letters, digits, dot, underscore and dash; min … max bytes
  kBrokers,   // hosts with or without port, separated by commas
  kLoopback,  // host:port of this machine only
};

// Where a property's value lies. `given` is the part of the name that the author gives, empty for
// a property that has none; the slot makes the map entry when there is none yet.
using TextSlot = std::string& (*)(Config&, const std::string& given);
using NumberSlot = int64_t& (*)(Config&, const std::string& given);
using FormatSlot = ValueFormat& (*)(Config&, const std::string& given);

struct Property {
  // "ring.days"; at most one part in angle brackets stands for what the author gives, as in
  // "channels.<channel>.topic".
  std::string_view name;
  PropertyType type;
  std::string_view unit;
  int64_t min;
  int64_t max;
  std::string_view choices;  // separated by single spaces
  bool reloadable;           // false: a change needs a restart
  bool secret;               // passwords and keys among its values are masked when shown
  std::variant<TextSlot, NumberSlot, FormatSlot> slot;
  std::string_view doc;

  bool has_given_part() const { return name.find('<') != std::string_view::npos; }
  // What stands before and after the given part; all of the name and "" without one.
  std::string_view before_given() const { return name.substr(0, name.find('<')); }
  std::string_view after_given() const;
};

std::span<const Property> Properties();

// A property and the given part of the name it was found under.
struct NamedProperty {
  const Property* property = nullptr;
  std::string given;
};
std::optional<NamedProperty> FindProperty(std::string_view name);

// Whether `name` is what nested keys may stand under: "ring", "channels", "channels.own-site".
bool IsSection(std::string_view name);

// What is wrong with a name that is no property, with the one that was probably meant.
std::string NoSuchProperty(const std::string& name);

// Reads `text` into the property. Empty: done; else what is wrong, and nothing has changed.
std::string SetProperty(Config& config, const NamedProperty& named, const std::string& text);

// The value as SetProperty reads it. Makes the map entry when there is none yet.
std::string PropertyText(Config& config, const NamedProperty& named);

}  // namespace shelf
