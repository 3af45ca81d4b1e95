#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "rules/rules_file.h"

namespace shelf {
namespace {

// Takes the channel of that name out of `from`; a retired one if there is none.
void Take(const std::string& name, RulesFile& from, RulesFile& to) {
  const auto found = std::find_if(from.channels.begin(), from.channels.end(),
                                  [&](const ChannelRules& c) { return c.name == name; });
  if (found == from.channels.end()) {
    ChannelRules& channel = to.channels.emplace_back();
    channel.name = name;
    channel.retired = true;
    to.rules.emplace_back();
    return;
  }
  const auto at = found - from.channels.begin();
  to.channels.push_back(std::move(*found));
  to.rules.push_back(std::move(from.rules[static_cast<size_t>(at)]));
  from.channels.erase(found);
  from.rules.erase(from.rules.begin() + at);
}

}  // namespace

void AlignChannels(RulesFile& file, std::span<const std::string> channels_before,
                   std::vector<RulesMessage>& messages) {
  if (channels_before.empty()) return;
  RulesFile aligned;
  for (const std::string& name : channels_before) Take(name, file, aligned);
  std::move(file.channels.begin(), file.channels.end(), std::back_inserter(aligned.channels));
  std::move(file.rules.begin(), file.rules.end(), std::back_inserter(aligned.rules));
  file.channels = std::move(aligned.channels);
  file.rules = std::move(aligned.rules);
  if (file.channels.size() <= static_cast<size_t>(kChannelsMax)) return;
  messages.push_back({.line = 1,
                      .column = 1,
                      .warning = false,
                      .text = "with the channels that were removed since the start there are " +
                              std::to_string(file.channels.size()) + " channels; at most " +
                              std::to_string(kChannelsMax) +
                              ": start shelfd again with this file"});
}

}  // namespace shelf
