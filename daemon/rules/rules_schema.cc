// schemas/rules.schema.json from the table of options. It accepts whatever the reader accepts; what
// a schema cannot say (that tiers ascend, that a group exists) the reader says with its line.
#include <string>
#include <vector>

#include "rules/options.h"

namespace shelf {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string Indented(const std::string& json) {
  std::string indented;
  for (const char c : json) {
    indented += c;
    if (c == '\n') indented += "  ";
  }
  return indented;
}

// A JSON object, members in the order in which they are added.
class Object {
 public:
  Object& Add(std::string_view name, const std::string& json) {
    members_ += (members_.empty() ? "" : ",\n") + Quoted(name) + ": " + json;
    return *this;
  }
  Object& AddText(std::string_view name, std::string_view text) { return Add(name, Quoted(text)); }
  Object& AddNumber(std::string_view name, int64_t number) {
    return Add(name, std::to_string(number));
  }
  std::string Json() const { return "{" + Indented("\n" + members_) + "\n}"; }

 private:
  std::string members_;
};

std::string List(const std::vector<std::string>& elements) {
  std::string list;
  for (const std::string& element : elements) list += (list.empty() ? "" : ", ") + element;
  return "[" + list + "]";
}

std::string MapOf(const Section& section);

Object NumberOf(const Option& option, const char* type) {
  Object object;
  return object.AddText("type", type)
      .AddNumber("minimum", option.min)
      .AddNumber("maximum", option.max);
}

// Names are written with quotes or, where they are digits, without.
Object NameOf(const Option& option) {
  Object object;
  return object.Add("type", R"(["string", "number"])")
      .AddNumber("minLength", option.min)
      .AddNumber("maxLength", option.max);
}

std::string NamesOf(const Option& option) {
  Object list;
  list.AddText("type", "array").AddNumber("minItems", 1).Add("items", NameOf(option).Json());
  return List({NameOf(option).Json(), list.Json()});
}

std::string PercentOf(const Option& option) {
  const std::string decimals =
      option.decimals == 0 ? "" : "(\\.[0-9]{1," + std::to_string(option.decimals) + "})?";
  Object text;
  text.AddText("type", "string").AddText("pattern", "^[0-9]{1,4}" + decimals + "%?$");
  return List({NumberOf(option, option.decimals == 0 ? "integer" : "number").Json(), text.Json()});
}

std::string NamedMapsOf(const Option& option, Object object) {
  Object names;
  names.AddNumber("minLength", option.min).AddNumber("maxLength", option.max);
  return object.AddText("type", "object")
      .AddNumber("minProperties", 1)
      .AddNumber("maxProperties", 64)
      .Add("propertyNames", names.Json())
      .Add("additionalProperties", MapOf(SectionNamed(option.section_within)))
      .Json();
}

std::string Hover(const Option& option) {
  std::string text(option.doc);
  if (!option.fallback.empty()) text += "\n\nLeft out: `" + std::string(option.fallback) + "`.";
  if (option.example.empty()) return text;
  return text + "\n\nFor example `" + std::string(option.key) + ": " + std::string(option.example) +
         "`.";
}

Object Described(const Option& option) {
  Object object;
  object.AddText("description", option.doc).AddText("markdownDescription", Hover(option));
  return object;
}

// The default as JSON: a number and a switch are written in YAML as there.
void AddDefault(const Option& option, Object& object) {
  if (option.fallback.empty()) return;
  const bool plain = option.type != OptionType::kPercent && option.type != OptionType::kDuration;
  object.Add("default", plain ? std::string(option.fallback) : Quoted(option.fallback));
}

std::string SchemaOf(const Option& option) {
  Object object = Described(option);
  AddDefault(option, object);
  switch (option.type) {
    case OptionType::kMap: {
      const Section& within = SectionNamed(option.section_within);
      return object.Add("allOf", List({MapOf(within)})).Json();
    }
    case OptionType::kNamedMaps:
      return NamedMapsOf(option, object);
    case OptionType::kMaps:
      return object.AddText("type", "array")
          .AddNumber("maxItems", option.max)
          .Add("items", MapOf(SectionNamed(option.section_within)))
          .Json();
    case OptionType::kName:
      return object.Add("allOf", List({NameOf(option).Json()})).Json();
    case OptionType::kNames:
    case OptionType::kPath:
      return object.Add("anyOf", NamesOf(option)).Json();
    case OptionType::kUnits:
    case OptionType::kNumber:
      return object.Add("allOf", List({NumberOf(option, "number").Json()})).Json();
    case OptionType::kWhole:
      return object.Add("allOf", List({NumberOf(option, "integer").Json()})).Json();
    case OptionType::kPercent:
      return object.Add("anyOf", PercentOf(option))
          .Add("examples", List({Quoted(option.example)}))
          .Json();
    case OptionType::kDuration:
      return object.AddText("type", "string")
          .AddText("pattern", "^[0-9]{1,9}(ms|s|m|h|d)$")
          .Add("examples", List({Quoted(option.example)}))
          .Json();
    case OptionType::kSwitch:
      return object.AddText("type", "boolean").Json();
    case OptionType::kWord: {
      const bool number = option.example.find_first_not_of("0123456789") == std::string_view::npos;
      const std::string word = number ? std::string(option.example) : Quoted(option.example);
      return object.Add("enum", List({word})).Json();
    }
  }
  return object.Json();
}

void AddChoice(const Section& section, const std::vector<std::string>& choices, Object& map) {
  if (section.choice == Choice::kAny) return;
  std::vector<std::string> each;
  for (const std::string& choice : choices) {
    each.push_back(Object().Add("required", List({choice})).Json());
  }
  map.Add(section.choice == Choice::kExactlyOne ? "oneOf" : "anyOf", List(each));
}

// A map of the section's options.
std::string MapOf(const Section& section) {
  Object properties;
  std::vector<std::string> required, choices;
  for (const Option& option : OptionsOf(section.name)) {
    if (!option.available) continue;
    properties.Add(option.key, SchemaOf(option));
    (option.required ? required : choices).push_back(Quoted(option.key));
  }
  Object map;
  map.AddText("type", "object").Add("additionalProperties", "false");
  if (!required.empty()) map.Add("required", List(required));
  AddChoice(section, choices, map);
  return map.Add("properties", properties.Json()).Json();
}

}  // namespace

std::string RulesSchemaJson() {
  Object schema;
  schema.AddText("$schema", "http://json-schema.org/draft-07/schema#")
      .AddText("title", "shelfd rules file")
      .AddText("description",
               "What each channel may sell of the stock of a store. Checked again, with line "
               "numbers, by shelfd check.")
      .Add("allOf", List({MapOf(Sections().front())}));
  return schema.Json() + "\n";
}

}  // namespace shelf
