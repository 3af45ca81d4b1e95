// From the text of a rules file to its channels and rules, all checked.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "rules/rule.h"
#include "rules/rule_set.h"

namespace shelf {

inline constexpr size_t kRulesFileBytesMax = size_t{16} << 20;
inline constexpr size_t kRulesMax = 65'000;  // a channel; a rule's index fits StageOutcome::rule

struct RulesFile {
  std::vector<AllocationGroup> allocation_groups;
  std::vector<ChannelRules> channels;
  std::vector<std::vector<Rule>> rules;  // by channel, in the order of the file
};

// Puts the channels into the order of `channels_before`, with a retired one for each that the file
// does not have, and the file's others behind them.
void AlignChannels(RulesFile& file, std::span<const std::string> channels_before,
                   std::vector<RulesMessage>& messages);

// Whether one of them is more than a warning.
bool HasError(std::span<const RulesMessage> messages);

// Appends every error and warning to `messages`, ordered by place. With an error among them the
// result is not usable.
RulesFile ReadRulesFile(std::string_view text, std::vector<RulesMessage>& messages);

}  // namespace shelf
