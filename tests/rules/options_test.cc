#include "rules/options.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "rules/rule_set.h"
#include "support/catch.h"
#include "yaml-cpp/yaml.h"

using namespace shelf;

namespace {

std::filesystem::path Root() {
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
}

// After a change of the table: SHELFD_WRITE_PAGES=1 rules_test writes the files anew.
std::string Committed(const std::filesystem::path& file, const std::string& made) {
  if (std::getenv("SHELFD_WRITE_PAGES") != nullptr) std::ofstream(file) << made;
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string ErrorsOf(const std::string& yaml) {
  std::vector<RulesMessage> messages;
  RuleSet::Load(yaml, messages);
  std::string errors;
  for (const RulesMessage& message : messages) {
    if (!message.warning) errors += message.text + "\n";
  }
  return errors;
}

// A file in which `body` stands inside of the section, and whatever else the section needs.
std::string InSection(std::string_view section, const std::string& body) {
  const std::string begin = "version: 1\nallocation_groups: {everywhere: {}}\nchannels: {c: {";
  const std::string rule = begin + "rules: [{id: r, ";
  if (section == "file") return "{" + body + "}";
  if (section == "group")
    return "{version: 1, channels: {c: {}}, allocation_groups: {g: {" + body + "}}}";
  if (section == "channel") return begin + body + "}}";
  if (section == "rule") return rule + body + "}]}}";
  if (section == "tier") return rule + "sync_lag: [{" + body + "}]}]}}";
  return rule + std::string(section) + ": {" + body + "}}]}}";
}

// What a section needs beside `key`, so that an example of `key` can be read.
std::string Beside(const Option& option) {
  std::string beside;
  for (const Option& other : OptionsOf(option.section)) {
    if (!other.required || other.key == option.key || other.key == "id") continue;
    beside += ", " + std::string(other.key) + ": " + std::string(other.example);
  }
  return option.section == "tier" && option.key == "over" ? beside + ", keep: 0%" : beside;
}

}  // namespace

TEST_CASE("the committed schema is what the table says", "[rules]") {
  CHECK(Committed(Root() / "schemas/rules.schema.json", RulesSchemaJson()) == RulesSchemaJson());
}

TEST_CASE("the committed reference page of the rules is what the table says", "[rules]") {
  CHECK(Committed(Root() / "docs/reference/rules.md", RulesReferenceMarkdown()) ==
        RulesReferenceMarkdown());
}

TEST_CASE("the reference page's own example is taken without a word", "[rules]") {
  const std::string page = RulesReferenceMarkdown();
  const size_t begin = page.find("```yaml\n") + 8;
  std::vector<RulesMessage> messages;
  CHECK(RuleSet::Load(page.substr(begin, page.find("```", begin) - begin), messages) != nullptr);
  CHECK(messages.empty());
}

TEST_CASE("the schema can be read and ends at each option's description", "[rules]") {
  const YAML::Node schema = YAML::Load(RulesSchemaJson());  // JSON is YAML
  const YAML::Node cap =
      schema["allOf"][0]["properties"]["channels"]["additionalProperties"]["properties"]["rules"]
            ["items"]["properties"]["limits"]["allOf"][0]["properties"]["cap"];
  CHECK(cap["description"].as<std::string>() == "Never more units of measure than this.");
  CHECK(cap["allOf"][0]["maximum"].as<std::string>() == "999999999");
}

TEST_CASE("each option of the table has words, an example that the reader takes, and one place",
          "[rules]") {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Option& option : AllOptions()) {
    CAPTURE(option.section, option.key);
    CHECK(seen.emplace(option.section, option.key).second);
    CHECK(option.doc.ends_with('.'));
    if (!option.available || option.key == "id" || option.example.empty()) continue;
    const std::string written = std::string(option.key) + ": " + std::string(option.example);
    CHECK(ErrorsOf(InSection(option.section, written + Beside(option))).empty());
  }
}

TEST_CASE("what the table says is left out is what the reader assumes", "[rules]") {
  for (const Option& option : AllOptions()) {
    if (option.fallback.empty()) continue;
    CAPTURE(option.section, option.key);
    std::string beside = Beside(option);
    if (option.section == "tier") beside += option.key == "keep" ? "" : ", keep: 50%";
    const std::string written = std::string(option.key) + ": " + std::string(option.fallback);
    CHECK(ErrorsOf(InSection(option.section, written + beside)).empty());
  }
}

TEST_CASE("a section knows the keys of the table and no others", "[rules]") {
  for (const Section& section : Sections()) {
    CAPTURE(section.name);
    REQUIRE_FALSE(OptionsOf(section.name).empty());
    std::string known;
    for (const Option& option : OptionsOf(section.name)) {
      if (option.available) known += (known.empty() ? "" : ", ") + std::string(option.key);
    }
    CHECK(ErrorsOf(InSection(section.name, "'x123456789': {}")).find("; known are " + known) !=
          std::string::npos);
  }
}

TEST_CASE("an option that this version does not carry out is refused by its name", "[rules]") {
  for (const Option& option : AllOptions()) {
    if (option.available) continue;
    const std::string written = std::string(option.key) + ": " + std::string(option.example);
    CHECK(ErrorsOf(InSection(option.section, written))
              .find(std::string(option.key) + " is not available in this version") !=
          std::string::npos);
  }
}
