#include "rules/eligibility.h"

namespace shelf {

Ineligible WhyIneligible(const Facts& facts, ChannelId channel) {
  const ChannelSet bit = ChannelSet{1} << channel.value;
  if (!facts.store_known) return Ineligible::kUnknownStore;
  if (!facts.item_known) return Ineligible::kUnknownItem;
  if (facts.stopped & bit) return Ineligible::kStopped;
  if (facts.store_closed) return Ineligible::kStoreClosed;
  if (!(facts.served & bit)) return Ineligible::kNoService;
  if (!(facts.listed & bit)) return Ineligible::kNotListed;
  if (facts.blocked & bit) return Ineligible::kBlocked;
  if (facts.state_lost) return Ineligible::kStateLost;
  return Ineligible::kNo;
}

}  // namespace shelf
