#include "config/config.h"

#include <algorithm>
#include <array>

#include "config/properties.h"

namespace shelf {
namespace {

constexpr std::string_view kSetFile = "--set";

const std::string& TopicOf(const Config& config, const ChannelOutput& output) {
  return output.topic.empty() ? config.topics.availability : output.topic;
}

// Topic name -> the property that names it first.
using TopicUsers = std::map<std::string, std::string>;

// Two uses of one topic would feed the daemon its own output, or a consumer what it cannot read.
TopicUsers CheckSharedTopics(Config& config, const std::string& file_name,
                             std::vector<ConfigMessage>& messages) {
  TopicUsers users;
  for (const Property& property : Properties()) {
    if (!property.name.starts_with("topics.") || property.type != PropertyType::kName) continue;
    const std::string name(property.name);
    const std::string topic = PropertyText(config, {&property, {}});
    const auto [user, first] = users.emplace(topic, name);
    if (first) continue;
    messages.push_back(
        {file_name, 0, 0, user->second + " and " + name + " are both '" + topic + "'"});
  }
  return users;
}

void CheckChannelTopic(const std::string& channel, const std::string& topic,
                       const TopicUsers& users, const std::string& file_name,
                       std::vector<ConfigMessage>& messages) {
  const auto user = users.find(topic);
  if (user == users.end() || user->second == "topics.availability") return;
  messages.push_back(
      {file_name, 0, 0,
       "channels." + channel + ".topic is '" + topic + "', which is " + user->second});
}

void CheckFormats(const Config& config, const std::string& file_name,
                  std::vector<ConfigMessage>& messages) {
  std::map<std::string, std::pair<std::string, ValueFormat>> first_of_topic;
  for (const auto& [channel, output] : config.channels) {
    const std::string& topic = TopicOf(config, output);
    const auto [first, added] = first_of_topic.try_emplace(topic, channel, output.format);
    if (added || first->second.second == output.format) continue;
    messages.push_back({file_name, 0, 0,
                        "channels '" + first->second.first + "' and '" + channel +
                            "' write different formats to one topic, '" + topic + "'"});
  }
}

// Such a topic could never be written.
void CheckReplicas(const Config& config, const std::string& file_name,
                   std::vector<ConfigMessage>& messages) {
  if (config.topics_min_insync_replicas <= config.topics_replication_factor) return;
  messages.push_back({file_name, 0, 0,
                      "topics.min_insync_replicas is " +
                          std::to_string(config.topics_min_insync_replicas) +
                          ", more than topics.replication_factor, which is " +
                          std::to_string(config.topics_replication_factor)});
}

// In names of librdkafka's properties that hold passwords or private keys.
bool LooksSecret(std::string_view name) {
  constexpr std::array<std::string_view, 4> kParts{"password", "secret", ".pem", "oauthbearer"};
  return std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  });
}

// As it stands but for control characters, which would look like other lines.
std::string OnOneLine(const std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      line += c;
    } else {
      line += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return line;
}

void AppendLine(Config& config, const std::string& name, std::string& text) {
  const NamedProperty named = *FindProperty(name);
  const bool masked = named.property->secret && LooksSecret(named.given);
  text += OnOneLine(name + ": " + (masked ? "(hidden)" : PropertyText(config, named))) + "\n";
}

}  // namespace

const ChannelOutput& Config::Output(std::string_view channel) const {
  static const ChannelOutput* const kDefault = new ChannelOutput();
  const auto it = channels.find(std::string(channel));
  return it == channels.end() ? *kDefault : it->second;
}

std::string ConfigMessage::ToString() const {
  std::string place = file;
  if (line > 0) place += ":" + std::to_string(line) + ":" + std::to_string(column);
  return place + ": " + text;
}

void ApplySet(Config& config, std::string_view assignment, std::vector<ConfigMessage>& messages) {
  auto refuse = [&](std::string text) {
    messages.push_back({std::string(kSetFile), 0, 0, std::move(text)});
  };
  const size_t equals = assignment.find('=');
  const std::string name(assignment.substr(0, equals));
  if (equals == std::string_view::npos) return refuse("'" + name + "' is not key=value");
  const std::optional<NamedProperty> named = FindProperty(name);
  if (!named) return refuse(NoSuchProperty(name));
  const std::string wrong = SetProperty(config, *named, std::string(assignment.substr(equals + 1)));
  if (!wrong.empty()) refuse(name + ": " + wrong);
}

void CheckConfig(const Config& config, const std::string& file_name,
                 std::vector<ConfigMessage>& messages) {
  Config copy = config;
  const TopicUsers users = CheckSharedTopics(copy, file_name, messages);
  for (const auto& [channel, output] : config.channels) {
    CheckChannelTopic(channel, TopicOf(config, output), users, file_name, messages);
  }
  CheckFormats(config, file_name, messages);
  CheckReplicas(config, file_name, messages);
}

std::string ConfigAsText(const Config& config) {
  Config copy = config;
  std::string text;
  for (const Property& property : Properties()) {
    if (!property.has_given_part()) AppendLine(copy, std::string(property.name), text);
  }
  for (const auto& [channel, output] : config.channels) {
    if (!output.topic.empty()) AppendLine(copy, "channels." + channel + ".topic", text);
    AppendLine(copy, "channels." + channel + ".format", text);
  }
  for (const auto& entry : config.librdkafka) AppendLine(copy, "librdkafka." + entry.first, text);
  for (const auto& entry : config.rocksdb) AppendLine(copy, "rocksdb." + entry.first, text);
  return text;
}

}  // namespace shelf
