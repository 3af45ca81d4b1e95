// What holds of every rule set and all facts, over random ones.
#include <algorithm>
#include <map>
#include <vector>

#include "rules/allocation.h"
#include "rules/settings.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int kDraws = 20'000;

int64_t Sold(const Decision& decision, const Facts& facts) {
  return decision.sellable * facts.step_milli;
}

int64_t BaseOfAll(const Facts& facts) {
  return facts.on_hand_milli < facts.reserved_milli ? 0
                                                    : facts.on_hand_milli - facts.reserved_milli;
}

// The steps of a group that its channels may sell after `allocation`: what each has reserved itself
// is on top.
int64_t PassedByGroup(const Settings& settings, const std::vector<Decision>& decisions,
                      const Facts& facts, size_t group) {
  int64_t passed = 0;
  for (size_t c = 0; c < decisions.size(); ++c) {
    const ChannelSetting& channel = settings.channels[c];
    if (!channel.allocation || channel.allocation->group != group) continue;
    const Decision& decision = decisions[c];
    const int64_t out = Sold(decision, facts) + At(decision, Stage::kLimits).withheld_milli;
    const int64_t own = decision.base_milli - BaseOfAll(facts);
    REQUIRE(out % facts.step_milli == 0);
    passed += StepsWanted(out, own, facts.step_milli);
  }
  return passed;
}

// Of each group, what it passes together.
std::vector<int64_t> PassedByGroups(const Settings& settings, const Facts& facts) {
  const std::vector<Decision> decisions = settings.Decide(facts);
  std::vector<int64_t> passed;
  for (size_t group = 0; group < settings.groups.size(); ++group) {
    passed.push_back(PassedByGroup(settings, decisions, facts, group));
  }
  return passed;
}

}  // namespace

TEST_CASE("base less what is withheld is what is sold, between zero and base", "[rules]") {
  Generator generator(20240617);
  for (int i = 0; i < kDraws; ++i) {
    const Settings settings = generator.SomeSettings();
    const Facts facts = generator.SomeFacts(settings.channels.size());
    for (const Decision& decision : settings.Decide(facts)) {
      REQUIRE(decision.sellable >= 0);
      REQUIRE(Sold(decision, facts) <= decision.base_milli);
      REQUIRE(decision.base_milli - Withheld(decision) == Sold(decision, facts));
      for (const StageOutcome& stage : decision.stages) REQUIRE(stage.withheld_milli >= 0);
      REQUIRE((decision.status == Status::kOutOfStock) == (decision.sellable == 0));
    }
  }
}

TEST_CASE("a more cautious rule never offers more", "[rules]") {
  Generator generator(4711);
  int offered_less = 0;
  for (int i = 0; i < kDraws; ++i) {
    Settings settings = generator.SomeSettings();
    const Facts facts = generator.SomeFacts(settings.channels.size());
    const auto c = static_cast<size_t>(
        generator.Number(0, static_cast<int64_t>(settings.channels.size()) - 1));
    const int64_t before = settings.Decide(facts)[c].sellable;
    settings.channels[c] = generator.Chance(70) ? generator.MoreCautious(settings.channels[c])
                                                : generator.Tighter(settings.channels[c]);
    const int64_t after = settings.Decide(facts)[c].sellable;
    REQUIRE(after <= before);
    offered_less += after < before ? 1 : 0;
  }
  CHECK(offered_less > kDraws / 20);  // the draws do reach the stages
}

TEST_CASE("what a more cautious channel leaves, its group may sell, and never more than that",
          "[rules]") {
  Generator generator(815);
  int passed_on = 0;
  for (int i = 0; i < kDraws; ++i) {
    Settings settings = generator.SomeSettings(4);
    const Facts facts = generator.SomeFacts(4);
    const std::vector<Decision> before = settings.Decide(facts);
    const std::vector<int64_t> passed_before = PassedByGroups(settings, facts);
    settings.front() = generator.MoreCautious(settings.front());
    const std::vector<Decision> after = settings.Decide(facts);
    const std::vector<int64_t> passed_after = PassedByGroups(settings, facts);
    for (size_t g = 0; g < passed_before.size(); ++g) REQUIRE(passed_after[g] <= passed_before[g]);
    for (size_t c = 1; c < after.size(); ++c) {
      // What a channel passes on is never less; its own limits may still cut it off.
      REQUIRE(At(after[c], Stage::kAllocation).withheld_milli <=
              At(before[c], Stage::kAllocation).withheld_milli);
      passed_on += after[c].sellable > before[c].sellable ? 1 : 0;
    }
  }
  CHECK(passed_on > 100);
}

TEST_CASE("a group never passes more than the whole steps of base times its overcommit",
          "[rules]") {
  Generator generator(31337);
  int at_the_bound = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Settings settings = generator.SomeSettings();
    const Facts facts = generator.SomeFacts(settings.channels.size());
    const std::vector<int64_t> passed = PassedByGroups(settings, facts);
    for (size_t g = 0; g < passed.size(); ++g) {
      const int64_t bound =
          GroupSteps(BaseOfAll(facts), settings.groups[g].overcommit_micro, facts.step_milli);
      REQUIRE(passed[g] <= bound);
      at_the_bound += bound > 0 && passed[g] == bound ? 1 : 0;
    }
  }
  CHECK(at_the_bound > kDraws / 20);
}

TEST_CASE("a lower overcommit never lets a group pass more", "[rules]") {
  Generator generator(271828);
  for (int i = 0; i < kDraws; ++i) {
    Settings settings = generator.SomeSettings();
    const Facts facts = generator.SomeFacts(settings.channels.size());
    const std::vector<int64_t> before = PassedByGroups(settings, facts);
    for (AllocationGroup& group : settings.groups) {
      group.overcommit_micro = generator.Number(0, group.overcommit_micro);
    }
    const std::vector<int64_t> after = PassedByGroups(settings, facts);
    for (size_t g = 0; g < before.size(); ++g) REQUIRE(after[g] <= before[g]);
  }
}

TEST_CASE("shares say who sells, never how much in all", "[rules]") {
  Generator generator(161803);
  for (int i = 0; i < kDraws; ++i) {
    Settings settings = generator.SomeSettings();
    const Facts facts = generator.SomeFacts(settings.channels.size());
    const std::vector<int64_t> before = PassedByGroups(settings, facts);
    for (ChannelSetting& channel : settings.channels) {
      if (channel.allocation) channel.allocation->share = generator.Number(0, 12);
      channel.rules.priority = generator.Number(-1, 1);
    }
    REQUIRE(PassedByGroups(settings, facts) == before);
  }
}

TEST_CASE("to join a group never offers more", "[rules]") {
  Generator generator(5);
  for (int i = 0; i < kDraws; ++i) {
    Settings settings = generator.SomeSettings();
    const Facts facts = generator.SomeFacts(settings.channels.size());
    settings.front().allocation.reset();
    const int64_t before = settings.Decide(facts).front().sellable;
    settings.front().allocation = AllocationRule{.group = 0, .share = generator.Number(0, 12)};
    REQUIRE(settings.Decide(facts).front().sellable <= before);
  }
}

TEST_CASE("a higher lag never offers more where tiers grow stricter", "[rules]") {
  Settings settings;
  settings.front().sync_lag = {{10, 80, 0}, {20, 50, 0}, {30, 50, 2'000}, {40, 0, 0}};
  int64_t before = kSellableMax;
  for (int64_t lag = 0; lag < 50; ++lag) {
    Facts facts = OnHand(13'000);
    facts.lag_ms = lag;
    const int64_t sellable = settings.Decide(facts).front().sellable;
    CHECK(sellable <= before);
    before = sellable;
  }
  CHECK(before == 0);
}

TEST_CASE("more on hand never offers less to a channel that shares with none", "[rules]") {
  Generator generator(1729);
  for (int i = 0; i < kDraws; ++i) {
    const Settings settings{.channels = {generator.SomeChannel()}, .groups = {}};
    Facts facts = generator.SomeFacts();
    if (facts.on_hand_milli > 1'000'000) continue;
    const int64_t before = settings.Decide(facts).front().sellable;
    facts.on_hand_milli += generator.Number(0, 3'000);
    REQUIRE(settings.Decide(facts).front().sellable >= before);
  }
}

TEST_CASE("the same facts give the same decisions", "[rules]") {
  Generator generator(99);
  for (int i = 0; i < kDraws / 4; ++i) {
    const Settings settings = generator.SomeSettings();
    const Facts facts = generator.SomeFacts(settings.channels.size());
    const std::vector<Decision> once = settings.Decide(facts);
    const std::vector<Decision> again = settings.Decide(facts);
    REQUIRE(std::equal(once.begin(), once.end(), again.begin(), again.end(), Same));
  }
}

TEST_CASE("a channel that shares with none is decided as if it were alone", "[rules]") {
  Generator generator(42);
  for (int i = 0; i < kDraws / 2; ++i) {
    const Settings settings = generator.SomeSettings();
    // No channel's own bit or reservation: those stand at its number.
    Facts facts = generator.SomeFacts(settings.channels.size());
    facts.own_reserved_milli = {};
    facts.stopped = facts.blocked = 0;
    const std::vector<Decision> decisions = settings.Decide(facts);
    for (size_t c = 0; c < decisions.size(); ++c) {
      if (settings.channels[c].allocation) continue;
      const Settings alone{.channels = {settings.channels[c]}, .groups = {}};
      REQUIRE(Same(decisions[c], alone.Decide(facts).front()));
    }
  }
}
