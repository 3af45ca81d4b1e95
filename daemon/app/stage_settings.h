// What the rules in force set for each stage of one channel and position, as JSON.
#pragma once

#include "app/queries.h"
#include "rules/rule_set.h"

namespace shelf {

// By the stage's name; a stage that no rule sets is not there.
//   sync_lag      over_ms, keep_percent, subtract_milli: of the tier that holds now
//   presence      after_nil_pick ("until_evidence" or null), quiet_limit (null: off)
//   safety_stock  subtract_milli, percent, days_of_cover
//   allocation    group, share, overcommit_percent
//   limits        cutoff_below_milli, cap_milli (null: none)
//   steady        rise_after_ms
// `channel` is the plan's, `rules` its set.
Json StageSettings(const ChannelPlan& plan, const ChannelRules& channel, const Facts& facts,
                   const RuleSet& rules);

}  // namespace shelf
