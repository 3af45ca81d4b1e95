// Why a key's number is another under another rule set.
#pragma once

#include <cstdint>
#include <string_view>

#include "loop/proposed_rules.h"
#include "rules/rule_set.h"
#include "rules/stage.h"

namespace shelf {

// What makes the difference of a key.
struct RulesReason {
  enum class Kind : uint8_t {
    kStage,           // the one whose part in the difference is the largest; of equals the first
    kChannelAdded,    // the set in force does not have the channel
    kChannelRemoved,  // the proposed one does not
    kReservations,    // own_reservations_taken_off: the base is another
    kLimitedAt,       // limited_at: the status alone
  };
  Kind kind = Kind::kStage;
  Stage stage = Stage::kEligibility;  // of kStage
  // The rules that set the stage for this key; null where none does. They live as long as the sets.
  const RuleInfo* rule_before = nullptr;
  const RuleInfo* rule_after = nullptr;
};
// The stage's name, "channel_added", "channel_removed", "own_reservations_taken_off", "limited_at".
std::string_view RulesReasonName(const RulesReason& reason);

// Of a key of the position that `rules` decided last, whose number or status differs.
RulesReason ReasonOf(const ProposedRules& rules, ChannelId channel);

}  // namespace shelf
