#include "sim/rule_choice.h"

namespace shelf::sim {

RuleChoice ChooseRules(std::mt19937_64& random, const Names& names) {
  RuleChoice choice;
  random.discard(1);
  choice.channels.push_back({.name = names.channels.front(),
                             .methods = {},
                             .limited_at_milli = 0,
                             .min_interval_ms = 0,
                             .own_reservations_taken_off = false,
                             .priority = 0,
                             .trace = false,
                             .rules = {}});
  return choice;
}

std::string ToYaml(const RuleChoice& choice) {
  std::string yaml = "version: 1\nchannels:\n";
  for (const ChannelChoice& channel : choice.channels) {
    yaml += "  " + channel.name + ":\n    rules: []\n";
  }
  return yaml;
}

}  // namespace shelf::sim
