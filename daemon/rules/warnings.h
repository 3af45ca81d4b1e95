// What the author of a rules file would want to know though it is no error. Each warning is about
// something that can be shown: it names the lines that it is about.
#pragma once

#include <span>
#include <vector>

#include "rules/rules_file.h"

namespace shelf {

// Where things stand in a file; lines and columns from 1, 0 = not there.
struct Place {
  int line = 0;
  int column = 0;
};
struct ChannelPlaces {
  Place name;
  Place min_interval;
  Place priority;
  Place rules;  // the key `rules`, with or without an element
};
struct FilePlaces {
  std::vector<Place> groups;            // by index in RulesFile::allocation_groups
  std::vector<ChannelPlaces> channels;  // by index in RulesFile::channels
};

// All of them, for a file without errors.
void WarnOf(const RulesFile& file, const FilePlaces& places, std::vector<RulesMessage>& messages);

// A channel whose rules were forgotten: other channels have some, and it does not say `rules: []`.
// A channel's priority that nothing asks for, since none of its rules is in a group.
void WarnOfChannels(const RulesFile& file, const FilePlaces& places,
                    std::vector<RulesMessage>& messages);

// A group that no rule names, one that only one channel names, one in which all shares are 0.
void WarnOfGroups(const RulesFile& file, const FilePlaces& places,
                  std::vector<RulesMessage>& messages);

// Two rules of a channel that hold for one position and hold back for the same reason twice:
//   safety_stock.subtract and limits.cutoff_below    the last units may not be there
//   sync_lag with a part kept or subtract, and safety_stock.days_of_cover
//                                                    sales that are not known yet
//   steady and the channel's min_interval            rises that do not last
// `a position` is one that the conditions of both ask for and nothing more; a rule that goes before
// one of them there takes its place. At most one warning of a kind for a rule.
// `min_interval_line`: 0 = the channel has none.
void WarnOfRisksPricedTwice(const std::vector<Rule>& rules, int min_interval_line,
                            std::vector<RulesMessage>& messages);

}  // namespace shelf
