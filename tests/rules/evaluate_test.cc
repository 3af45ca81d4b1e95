#include "rules/evaluate.h"

#include <limits>
#include <vector>

#include "rules/settings.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

Decision Plain(const Facts& facts) { return Settings().Decide(facts).front(); }

Decision DecideOne(const ChannelSetting& channel, const Facts& facts) {
  return Settings{.channels = {channel}, .groups = {}}.Decide(facts).front();
}

}  // namespace

TEST_CASE("base is what is on hand less what is reserved, and never negative", "[rules]") {
  struct Row {
    int64_t on_hand, reserved, base;
  };
  for (const Row& row : std::vector<Row>{{0, 0, 0},
                                         {5'000, 2'000, 3'000},
                                         {5'000, 5'000, 0},
                                         {5'000, 5'001, 0},
                                         {-3'000, 0, 0},
                                         {kMin, 1, 0},
                                         {kMin, kMax, 0},
                                         {kMax, 0, kMax}}) {
    CAPTURE(row.on_hand, row.reserved);
    Facts facts = OnHand(row.on_hand, 1);
    facts.reserved_milli = row.reserved;
    CHECK(Plain(facts).base_milli == row.base);
  }
}

TEST_CASE("a channel may sell what it has reserved itself and taken off already", "[rules]") {
  struct Row {
    int64_t on_hand, reserved, own, base;
  };
  for (const Row& row : std::vector<Row>{{5'000, 3'000, 0, 2'000},
                                         {5'000, 3'000, 1'000, 3'000},
                                         {5'000, 3'000, 3'000, 5'000},
                                         {2'000, 3'000, 1'000, 0},
                                         {2'000, 3'000, 1'001, 1},
                                         {-1, 3'000, 3'000, 0}}) {
    CAPTURE(row.on_hand, row.reserved, row.own);
    Facts facts = OnHand(row.on_hand, 1);
    facts.reserved_milli = row.reserved;
    const std::vector<int64_t> own{0, row.own};
    facts.own_reserved_milli = own;
    const Settings settings{.channels = std::vector<ChannelSetting>(2), .groups = {}};
    const std::vector<Decision> decisions = settings.Decide(facts);
    CHECK(decisions[0].base_milli == std::max<int64_t>(0, row.on_hand - row.reserved));
    CHECK(decisions[1].base_milli == row.base);
  }
}

TEST_CASE("without a rule the base is sold in whole steps", "[rules]") {
  const Decision decision = Plain(OnHand(2'750));
  CHECK(decision.sellable == 2);
  CHECK(At(decision, Stage::kLimits).withheld_milli == 750);
  CHECK(At(decision, Stage::kLimits).rule == StageOutcome::kNoRule);
  CHECK(Plain(OnHand(2'750, 100)).sellable == 27);
  CHECK(Plain(OnHand(2'750, 1)).sellable == 2'750);
}

TEST_CASE("each stage books what it took with its rule, in the fixed order", "[rules]") {
  Settings settings;
  settings.channels.resize(2);
  settings.groups = {{"all", 100'000'000}};
  ChannelSetting& channel = settings.front();
  channel.sync_lag = {{10, 50, 0}};
  channel.presence.emplace();
  channel.safety_stock = SafetyStockRule{.subtract_milli = 1'500};
  channel.allocation = AllocationRule{.group = 0, .share = 1};
  channel.limits = LimitsRule{.cap_milli = 3'000};
  settings.channels[1].allocation = AllocationRule{.group = 0, .share = 3};
  Facts facts = OnHand(21'300);
  facts.lag_ms = 11;
  const Decision decision = settings.Decide(facts).front();
  CHECK(At(decision, Stage::kEligibility).withheld_milli == 0);
  CHECK(At(decision, Stage::kSyncLag).withheld_milli == 11'300);
  CHECK(At(decision, Stage::kSyncLag).rule == RuleOf(Stage::kSyncLag));
  CHECK(At(decision, Stage::kPresence).withheld_milli == 0);
  CHECK(At(decision, Stage::kPresence).rule == StageOutcome::kNoRule);
  CHECK(At(decision, Stage::kSafetyStock).withheld_milli == 1'500);
  CHECK(At(decision, Stage::kSafetyStock).rule == RuleOf(Stage::kSafetyStock));
  // 21 pieces: 5.25 and 15.75, and the larger remainder takes the one that is left.
  CHECK(At(decision, Stage::kAllocation).withheld_milli == 3'500);
  CHECK(At(decision, Stage::kAllocation).rule == RuleOf(Stage::kAllocation));
  CHECK(At(decision, Stage::kLimits).withheld_milli == 2'000);
  CHECK(At(decision, Stage::kLimits).rule == RuleOf(Stage::kLimits));
  CHECK(decision.sellable == 3);
}

TEST_CASE("what an ineligible channel may not sell is withheld by eligibility alone", "[rules]") {
  ChannelSetting channel;
  channel.safety_stock = SafetyStockRule{.subtract_milli = 1'000};
  Facts facts = OnHand(7'300);
  facts.store_closed = true;
  const Decision decision = DecideOne(channel, facts);
  CHECK(decision.ineligible == Ineligible::kStoreClosed);
  CHECK(decision.sellable == 0);
  CHECK(decision.status == Status::kOutOfStock);
  CHECK(At(decision, Stage::kEligibility).withheld_milli == 7'300);
  CHECK(Withheld(decision) == decision.base_milli);
  CHECK(decision.until == kNever);
}

TEST_CASE("a channel that the rules do not have any more sells nothing, whatever else holds",
          "[rules]") {
  ChannelSetting channel;
  channel.rules.retired = true;
  Facts facts = OnHand(7'300);
  CHECK(DecideOne(channel, facts).ineligible == Ineligible::kChannelRemoved);
  facts.store_known = false;
  facts.stopped = 1;
  const Decision decision = DecideOne(channel, facts);
  CHECK(decision.ineligible == Ineligible::kChannelRemoved);
  CHECK(decision.sellable == 0);
  CHECK(decision.until == kNever);
}

TEST_CASE("a stop holds until it expires, and only where it is the reason", "[rules]") {
  const Settings two{.channels = std::vector<ChannelSetting>(2), .groups = {}};
  Facts facts = OnHand(5'000);
  facts.stops_until = PartitionTime{1'234};
  CHECK(Plain(facts).until == kNever);
  facts.stopped = 1;
  CHECK(two.Decide(facts)[0].until == PartitionTime{1'234});
  CHECK(two.Decide(facts)[1].until == kNever);
  CHECK(two.Decide(facts)[1].sellable == 5);
  facts.item_known = false;
  CHECK(Plain(facts).until == kNever);
}

TEST_CASE("the status is limited at or below the channel's border, out of stock at zero",
          "[rules]") {
  ChannelSetting channel;
  channel.rules.limited_at_milli = 2'000;
  auto status = [&](int64_t on_hand, int64_t step) {
    return DecideOne(channel, OnHand(on_hand, step)).status;
  };
  CHECK(status(0, 1000) == Status::kOutOfStock);
  CHECK(status(999, 1000) == Status::kOutOfStock);
  CHECK(status(1'000, 1000) == Status::kLimited);
  CHECK(status(2'999, 1000) == Status::kLimited);
  CHECK(status(3'000, 1000) == Status::kInStock);
  CHECK(status(2'000, 1) == Status::kLimited);
  CHECK(status(2'001, 1) == Status::kInStock);
  channel.rules.limited_at_milli = 0;
  CHECK(status(1'000, 1000) == Status::kInStock);
}

TEST_CASE("more than a slot holds is withheld by limits", "[rules]") {
  const Decision decision = Plain(OnHand(kSellableMax + 5, 1));
  CHECK(decision.sellable == kSellableMax);
  CHECK(At(decision, Stage::kLimits).withheld_milli == 5);
}

TEST_CASE("every stage stands the largest and the least on-hand", "[rules]") {
  Settings settings;
  settings.groups = {{"all", 1'000'000'000}};
  ChannelSetting& channel = settings.front();
  channel.sync_lag = {{0, 99, 1}};
  channel.presence = PresenceRule{true, 2};
  channel.safety_stock = SafetyStockRule{.days_of_cover_milli = 3'650'000};
  channel.allocation = AllocationRule{.group = 0, .share = kShareMax};
  channel.limits = LimitsRule{.cutoff_below_milli = kMax, .cap_milli = kMax};
  settings.channels.resize(64, channel);
  for (const int64_t on_hand : {kMin, int64_t{-1}, int64_t{0}, int64_t{1}, kMax}) {
    for (const int64_t step : {int64_t{1}, int64_t{1000}, kMax}) {
      Facts facts = OnHand(on_hand, step);
      facts.lag_ms = kMax;
      facts.sales_rate = {int64_t{1} << 50, 1};
      for (const Decision& decision : settings.Decide(facts)) {
        CAPTURE(on_hand, step);
        CHECK(decision.base_milli == std::max<int64_t>(0, on_hand));
        CHECK(decision.base_milli - Withheld(decision) == decision.sellable * step);
      }
    }
  }
}

TEST_CASE("a rise that is held is withheld by steady, with the status of what is offered",
          "[rules]") {
  const SteadyRule rule{.rise_after_ms = 600};
  ChannelSetting channel;
  channel.rules.limited_at_milli = 400;
  ChannelPlan plan = channel.Plan();
  plan.steady = &rule;
  plan.steady_rule = 6;
  const Facts facts = OnHand(950, 100);
  Decision decision = DecideOne(channel, facts);
  REQUIRE(decision.sellable == 9);
  const SteadyStep step = AfterSteady(9, 4, std::nullopt, PartitionTime{1'000}, 600);
  PassSteady(step, facts.step_milli, channel.rules, plan, decision);
  CHECK(decision.sellable == 4);
  CHECK(decision.status == Status::kLimited);
  CHECK(At(decision, Stage::kSteady).withheld_milli == 500);
  CHECK(At(decision, Stage::kSteady).rule == 6);
  CHECK(At(decision, Stage::kLimits).withheld_milli == 50);
  CHECK(decision.until == PartitionTime{1'600});
  CHECK(decision.base_milli - Withheld(decision) == 400);

  Decision fallen = DecideOne(channel, facts);
  PassSteady(AfterSteady(9, 12, std::nullopt, PartitionTime{1'000}, 600), facts.step_milli,
             channel.rules, plan, fallen);
  CHECK(Same(fallen, DecideOne(channel, facts)));
}
