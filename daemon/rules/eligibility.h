// Stage 1: may this channel sell this position at all? Always runs.
#pragma once

#include "rules/stage.h"

namespace shelf {

// The first of these that holds, in this order: unknown_store, unknown_item, stopped,
// store_closed, no_service, not_listed, blocked, state_lost. A stop stands before what is said of a
// known store and item, so that an operator who recalls goods sees the recall named as the reason.
// `channel` < kChannelsMax.
Ineligible WhyIneligible(const Facts& facts, ChannelId channel);

}  // namespace shelf
