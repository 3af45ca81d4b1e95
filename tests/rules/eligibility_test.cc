#include "rules/eligibility.h"

#include "support/catch.h"

using namespace shelf;

namespace {

constexpr ChannelId kFirst{0};
constexpr ChannelId kLast{kChannelsMax - 1};

// Every reason at once, for every channel.
Facts Hopeless() {
  Facts facts;
  facts.store_known = false;
  facts.item_known = false;
  facts.stopped = kAllChannels;
  facts.store_closed = true;
  facts.served = 0;
  facts.listed = 0;
  facts.blocked = kAllChannels;
  facts.state_lost = true;
  return facts;
}

}  // namespace

TEST_CASE("of several reasons the first in the documented order is named", "[rules]") {
  Facts facts = Hopeless();
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kUnknownStore);
  facts.store_known = true;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kUnknownItem);
  facts.item_known = true;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kStopped);
  facts.stopped = 0;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kStoreClosed);
  facts.store_closed = false;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kNoService);
  facts.served = kAllChannels;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kNotListed);
  facts.listed = kAllChannels;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kBlocked);
  facts.blocked = 0;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kStateLost);
  facts.state_lost = false;
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kNo);
}

TEST_CASE("a reason for one channel leaves the others alone, up to the last bit", "[rules]") {
  const ChannelSet last = ChannelSet{1} << kLast.value;
  Facts facts;
  facts.blocked = last;
  CHECK(WhyIneligible(facts, kLast) == Ineligible::kBlocked);
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kNo);
  facts = Facts{};
  facts.stopped = last;
  CHECK(WhyIneligible(facts, kLast) == Ineligible::kStopped);
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kNo);
  facts = Facts{};
  facts.listed = ~last;
  CHECK(WhyIneligible(facts, kLast) == Ineligible::kNotListed);
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kNo);
  facts = Facts{};
  facts.served = ~last;
  CHECK(WhyIneligible(facts, kLast) == Ineligible::kNoService);
  CHECK(WhyIneligible(facts, kFirst) == Ineligible::kNo);
}

TEST_CASE("every reason has a name of its own", "[rules]") {
  CHECK(IneligibleName(Ineligible::kNo).empty());
  CHECK(IneligibleName(Ineligible::kUnknownStore) == "unknown_store");
  CHECK(IneligibleName(Ineligible::kUnknownItem) == "unknown_item");
  CHECK(IneligibleName(Ineligible::kStoreClosed) == "store_closed");
  CHECK(IneligibleName(Ineligible::kNoService) == "no_service");
  CHECK(IneligibleName(Ineligible::kNotListed) == "not_listed");
  CHECK(IneligibleName(Ineligible::kBlocked) == "blocked");
  CHECK(IneligibleName(Ineligible::kStateLost) == "state_lost");
  CHECK(IneligibleName(Ineligible::kStopped) == "stopped");
  CHECK(IneligibleName(Ineligible::kChannelRemoved) == "channel_removed");
}
