// From facts to decisions: runs the stages of all channels of a position in their fixed order.
// Pure, no allocation.
#pragma once

#include <span>

#include "rules/rule_set.h"
#include "rules/steady.h"

namespace shelf {

// Decides all channels of a position at once, since a group's channels share what there is. All
// stages but `steady`: what would stand if every rise had held long enough. `channels` and
// `plans`, those of the facts' classes, are by ChannelId and equally long; `decisions` may be
// longer: what lies beyond is of channels that the set does not have, and removed.
void EvaluateAll(const Facts& facts, std::span<const ChannelRules> channels, const Plans& plans,
                 std::span<Decision> decisions);

// Lets a decision of EvaluateAll through `steady`; `step` is AfterSteady of its sellable.
void PassSteady(const SteadyStep& step, int64_t step_milli, const ChannelRules& channel,
                const ChannelPlan& plan, Decision& decision);

// The step of a key at `now`, and its decision of EvaluateAll let through it.
SteadyStep StepSteady(const SteadyKey& key, PartitionTime now, int64_t step_milli,
                      const ChannelRules& channel, const ChannelPlan& plan, Decision& decision);

}  // namespace shelf
