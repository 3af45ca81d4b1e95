#include "rules/warnings.h"

#include <algorithm>
#include <set>
#include <string>

#include "rules/overlap.h"

namespace shelf {
namespace {

void Warn(const Place& at, std::string text, std::vector<RulesMessage>& messages) {
  messages.push_back({at.line, at.column, true, std::move(text)});
}

bool IsInAGroup(const std::vector<Rule>& rules) {
  return std::any_of(rules.begin(), rules.end(),
                     [](const Rule& rule) { return rule.allocation.has_value(); });
}

// What the rules of a file say of one group.
struct GroupUse {
  std::set<size_t> channels;
  std::vector<int> lines;  // of the rules, ascending within a channel
  bool any_share = false;
};

GroupUse UseOf(size_t group, const RulesFile& file) {
  GroupUse use;
  for (size_t channel = 0; channel < file.rules.size(); ++channel) {
    for (const Rule& rule : file.rules[channel]) {
      if (!rule.allocation || rule.allocation->group != group) continue;
      use.channels.insert(channel);
      use.lines.push_back(rule.line);
      use.any_share |= rule.allocation->share > 0;
    }
  }
  return use;
}

std::string Lines(const std::vector<int>& lines) {
  constexpr size_t kShownMax = 5;
  std::string text = lines.size() == 1 ? "line " : "lines ";
  for (size_t i = 0; i < std::min(lines.size(), kShownMax); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(lines[i]);
  }
  return lines.size() > kShownMax ? text + " …" : text;
}

void WarnOfGroup(const RulesFile& file, size_t group, const Place& at,
                 std::vector<RulesMessage>& messages) {
  const GroupUse use = UseOf(group, file);
  const std::string name = "allocation group '" + file.allocation_groups[group].name + "'";
  if (use.channels.empty()) {
    Warn(at, "no rule names " + name, messages);
  } else if (use.channels.size() == 1) {
    Warn(at,
         "only channel '" + file.channels[*use.channels.begin()].name + "' (" + Lines(use.lines) +
             ") is in " + name + ", so that there is nobody to share with",
         messages);
  } else if (!use.any_share) {
    Warn(at,
         "every share in " + name + " is 0 (" + Lines(use.lines) +
             "): the channel that goes first takes all it can use",
         messages);
  }
}

}  // namespace

void WarnOf(const RulesFile& file, const FilePlaces& places, std::vector<RulesMessage>& messages) {
  WarnOfGroups(file, places, messages);
  WarnOfChannels(file, places, messages);
  for (size_t channel = 0; channel < file.rules.size(); ++channel) {
    WarnOfIdleAndShadowedRules(file.rules[channel], messages);
    const bool waits = file.channels[channel].min_interval_ms > 0;
    const int min_interval_line = waits ? places.channels[channel].min_interval.line : 0;
    WarnOfRisksPricedTwice(file.rules[channel], min_interval_line, messages);
  }
}

void WarnOfGroups(const RulesFile& file, const FilePlaces& places,
                  std::vector<RulesMessage>& messages) {
  for (size_t group = 0; group < file.allocation_groups.size(); ++group) {
    WarnOfGroup(file, group, places.groups[group], messages);
  }
}

void WarnOfChannels(const RulesFile& file, const FilePlaces& places,
                    std::vector<RulesMessage>& messages) {
  const bool some_have_rules = std::any_of(file.rules.begin(), file.rules.end(),
                                           [](const auto& rules) { return !rules.empty(); });
  for (size_t channel = 0; channel < file.channels.size(); ++channel) {
    const ChannelPlaces& at = places.channels[channel];
    if (some_have_rules && at.rules.line == 0) {
      Warn(at.name,
           "channel '" + file.channels[channel].name +
               "' has no rules, so that it is offered all there is; rules: [] says that it is "
               "meant",
           messages);
    }
    if (at.priority.line != 0 && !IsInAGroup(file.rules[channel])) {
      Warn(at.priority,
           "priority of channel '" + file.channels[channel].name +
               "' does nothing: none of its rules is in an allocation group",
           messages);
    }
  }
}

}  // namespace shelf
