#include "app/load.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

namespace shelf {
namespace {

std::optional<std::string> ReadFile(const std::string& path, std::ostream& err) {
  const std::ifstream file(path);
  if (!file) {
    err << path << ":1:1: error: cannot be read\n";
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::optional<Config> LoadConfigFile(const std::string& path,
                                     const std::vector<std::string>& sets) {
  std::string text;
  if (!path.empty()) {
    std::optional<std::string> read = ReadFile(path, std::cerr);
    if (!read.has_value()) return std::nullopt;
    text = std::move(*read);
  }
  std::vector<ConfigMessage> messages;
  Config config = LoadConfig(text, path, messages);
  for (const std::string& set : sets) ApplySet(config, set, messages);
  CheckConfig(config, path, messages);
  for (const ConfigMessage& message : messages) std::cerr << message.ToString() << "\n";
  if (!messages.empty()) return std::nullopt;
  return config;
}

absl::StatusOr<std::string> ReadRulesText(const std::string& path) {
  if (path.empty()) return std::string(RuleSet::DefaultText());
  const std::ifstream file(path);
  if (!file) return absl::NotFoundError("cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void PrintRulesMessages(const std::string& path, const std::vector<RulesMessage>& messages,
                        std::ostream& err) {
  for (const RulesMessage& message : messages) {
    err << path << ":" << message.line << ":" << message.column << ": "
        << (message.warning ? "warning: " : "error: ") << message.text << "\n";
  }
}

std::unique_ptr<RuleSet> LoadRulesFile(const std::string& path, std::ostream& err, int* warnings) {
  if (path.empty()) return RuleSet::Default();
  const std::optional<std::string> text = ReadFile(path, err);
  if (!text.has_value()) return nullptr;
  std::vector<RulesMessage> messages;
  std::unique_ptr<RuleSet> rules = RuleSet::Load(*text, messages);
  PrintRulesMessages(path, messages, err);
  if (warnings != nullptr) {
    *warnings += static_cast<int>(std::count_if(messages.begin(), messages.end(),
                                                [](const RulesMessage& m) { return m.warning; }));
  }
  return rules;
}

}  // namespace shelf
