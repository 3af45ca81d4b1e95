#include "app/load.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

std::optional<std::string> ReadFile(const std::string& path, std::ostream& err) {
  absl::StatusOr<std::string> text = ReadTextFile(path);
  if (text.ok()) return *std::move(text);
  err << path << ":1:1: error: " << std::string(text.status().message()) << "\n";
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  const auto failed = [](const std::error_code& reason) {
    return absl::InvalidArgumentError(absl::StrCat("cannot be read: ", reason.message()));
  };
  std::error_code error;  // a folder is opened like a file
  if (std::filesystem::is_directory(path, error)) {
    return failed(std::make_error_code(std::errc::is_a_directory));
  }
  errno = 0;
  const std::ifstream file(path, std::ios::binary);
  if (!file) return failed(std::error_code(errno, std::generic_category()));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

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
  return ReadTextFile(path);
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
