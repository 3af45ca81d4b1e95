// What reference data means for stores and items under a rule set: what World keeps of it beside
// them is made of these (reference_view.cc).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loop/world.h"

namespace shelf {

// The channels in whose terms a set is said, by ChannelId.
using ChannelNames = std::span<const std::string>;

ChannelSet BlockedChannels(const ItemInfo& item, ChannelNames channels);
ChannelSet ListedChannels(const ListingInfo& listing, ChannelNames channels);
// Without those whose end every owned partition is past.
std::vector<StopFacts> StopsThatCanHold(ChannelNames channels, World& world);

// Of a store; `info` null: unknown. Which channels of the set its services meet.
ChannelSet ServedChannels(const StoreInfo* info, const RuleSet& rules);

// What rules match on; `info` null: unknown. Borrows both.
StoreScope ScopeOfStore(std::string_view store, const StoreInfo* info);
ItemScope ScopeOfItem(std::string_view sku, const ItemInfo* info);

}  // namespace shelf
