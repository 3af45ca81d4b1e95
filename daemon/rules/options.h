// The one table of what a rules file can say. The reader, schemas/rules.schema.json and
// docs/reference/rules.md all go by it: an option is added here and bound to its field where its
// section is read, nowhere else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace shelf {

enum class OptionType : uint8_t {
  kMap,        // the options of `section_within`
  kNamedMaps,  // a map of min … max names that the author gives, each with those options
  kMaps,       // a list of at most max maps with those options
  kName,       // a text of min … max bytes
  kNames,      // one such text or a list of them, of which any is meant
  kPath,       // one such text or a list of them, each inside the one before
  kUnits,      // units of measure: min … max with three decimals
  kNumber,     // min … max with three decimals
  kWhole,      // min … max
  kPercent,    // min … max, with or without the sign, with `decimals` decimals
  kDuration,   // min … max milliseconds, with a unit
  kSwitch,     // true or false
  kWord,       // nothing but the word of `example`
};

struct Option {
  std::string_view section;  // where it stands: a Section's name
  std::string_view key;
  OptionType type;
  bool required;
  int64_t min;
  int64_t max;
  int decimals;                     // of kPercent
  std::string_view section_within;  // of a map, named maps or a list of maps
  std::string_view fallback;        // what holds without it, as it would be written; "" = nothing
  std::string_view example;         // a value, as written on one line
  std::string_view doc;             // one sentence
  bool available = true;            // false: refused as not in this version
};

// How many of a section's options that are not required a file gives.
enum class Choice : uint8_t { kAny, kAtLeastOne, kExactlyOne };

struct Section {
  std::string_view name;
  std::string_view shown;   // in messages: "a rule"
  std::string_view prefix;  // before its keys in messages: "limits."
  Choice choice;
  std::string_view if_none;  // a message's end when nothing is given; "" = nothing to add
  std::string_view heading;  // of its part of the reference page
  std::string_view doc;      // what to know about it, in Markdown
};

// In the order in which the reference page has them; the first is the file itself.
std::span<const Section> Sections();
// The section of that name; it must be one.
const Section& SectionNamed(std::string_view name);

// Of a section, in the table's order.
std::span<const Option> OptionsOf(std::string_view section);
std::span<const Option> AllOptions();

// schemas/rules.schema.json, by which editors complete, explain and check a rules file.
std::string RulesSchemaJson();
// docs/reference/rules.md.
std::string RulesReferenceMarkdown();

}  // namespace shelf
