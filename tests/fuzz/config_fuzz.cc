// Any text is a configuration, or each thing that is wrong with it has words and a place that lies
// in it. What is taken is, said property by property, the same configuration.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "fuzz/require.h"

namespace {

using namespace shelf;

void CheckPlaces(std::string_view text, const std::vector<ConfigMessage>& messages) {
  const auto ends_line = [](char c) { return c == '\n' || c == '\r'; };
  const auto lines = 1 + std::count_if(text.begin(), text.end(), ends_line);
  for (const ConfigMessage& message : messages) {
    Require(message.line >= 1 && message.line <= lines && message.column >= 1, "a place in it");
    Require(message.file == "f" && !message.text.empty(), "words");
  }
}

// A name that the author gives can be said with --set, and its line be taken apart again.
template <typename Map>
bool HasPlainNames(const Map& map) {
  return std::all_of(map.begin(), map.end(), [](const auto& entry) {
    return entry.first.find_first_of("=:") == std::string::npos;
  });
}

// Every "name: value" of the printed form, given as --set, makes the same printed form.
void CheckReadsBack(const Config& config) {
  const std::string text = ConfigAsText(config);
  if (!HasPlainNames(config.channels) || !HasPlainNames(config.librdkafka) ||
      !HasPlainNames(config.rocksdb)) {
    return;
  }
  Config again;
  std::vector<ConfigMessage> messages;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    const size_t colon = line.find(": ");
    Require(colon != std::string::npos, "name: value on each line");
    if (line.find("(hidden)") != std::string::npos || line.find("\\x") != std::string::npos) return;
    ApplySet(again, line.substr(0, colon) + "=" + line.substr(colon + 2), messages);
    at = end + 1;
  }
  Require(messages.empty(), "what is printed can be set");
  Require(ConfigAsText(again) == text, "and makes the same configuration");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<ConfigMessage> messages;
  const Config config = LoadConfig(text, "f", messages);
  CheckPlaces(text, messages);
  CheckReadsBack(config);
  messages.clear();
  CheckConfig(config, "f", messages);
  for (const ConfigMessage& message : messages) Require(!message.text.empty(), "words");
  Config set;
  messages.clear();
  ApplySet(set, text, messages);
  Require(messages.size() <= 1, "one assignment, one fault at most");
  if (!messages.empty()) {
    Require(ConfigAsText(set) == ConfigAsText(Config{}), "what is refused changes nothing");
  }
  CheckReadsBack(set);
  return 0;
}
