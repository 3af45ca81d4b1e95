#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "rules/rule_set.h"
#include "support/catch.h"
#include "yaml-cpp/yaml.h"

using namespace shelf;

namespace {

YAML::Node Schema() {
  const auto tests = std::filesystem::path(__FILE__).parent_path().parent_path();
  return YAML::LoadFile((tests.parent_path() / "schemas" / "rules.schema.json").string());
}

std::set<std::string> KeysOf(const YAML::Node& object) {
  std::set<std::string> keys;
  for (const auto& entry : object["properties"]) keys.insert(entry.first.as<std::string>());
  return keys;
}

std::vector<RulesMessage> Load(const std::string& yaml) {
  std::vector<RulesMessage> messages;
  RuleSet::Load(yaml, messages);
  return messages;
}

// What the reader says it knows when a key is like none of them, without what it refuses as not
// available.
std::set<std::string> KeysRead(const std::string& before, const std::string& after) {
  std::set<std::string> keys;
  for (const RulesMessage& message : Load(before + "'0123456789': {}" + after)) {
    const size_t list = message.text.find("; known are ");
    if (list == std::string::npos) continue;
    std::string names = message.text.substr(list + 12) + ",";
    for (size_t comma; (comma = names.find(',')) != std::string::npos;
         names.erase(0, std::min(comma + 2, names.size()))) {
      keys.insert(names.substr(0, comma));
    }
  }
  for (auto it = keys.begin(); it != keys.end();) {
    bool later = false;
    for (const RulesMessage& message : Load(before + *it + ": 1" + after)) {
      later |= message.text.find("is not available in this version") != std::string::npos;
    }
    it = later ? keys.erase(it) : std::next(it);
  }
  return keys;
}

}  // namespace

TEST_CASE("the schema knows exactly the keys that the reader accepts", "[rules]") {
  const YAML::Node schema = Schema();
  const YAML::Node parts = schema["definitions"];
  const std::string channel = "version: 1\nchannels: {c: {";
  const std::string rule = channel + "rules: [{id: r, ";
  CHECK(KeysOf(schema) == KeysRead("{", "}"));
  CHECK(KeysOf(parts["channel"]) == KeysRead(channel, "}}"));
  CHECK(KeysOf(parts["rule"]) == KeysRead(rule, "}]}}"));
  CHECK(KeysOf(parts["when"]) == KeysRead(rule + "when: {", "}}]}}"));
  CHECK(KeysOf(parts["sync_lag"]["items"]) == KeysRead(rule + "sync_lag: [{", "}]}]}}"));
  for (const char* stage : {"presence", "safety_stock", "limits"}) {
    CAPTURE(stage);
    CHECK(KeysOf(parts[stage]) == KeysRead(rule + stage + ": {", "}}]}}"));
  }
}
