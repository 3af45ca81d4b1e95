#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "rules/rule_set.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr ChannelId kChannel{0};

// One rule of each stage with the storage that a plan points into.
struct Setting {
  std::vector<LagTier> sync_lag;
  PresenceRule presence;
  SafetyStockRule safety_stock;
  LimitsRule limits;
  ChannelRules rules;

  ChannelPlan Plan() const {
    ChannelPlan plan;
    plan.sync_lag = sync_lag;
    plan.presence = &presence;
    plan.safety_stock = &safety_stock;
    plan.limits = &limits;
    plan.sync_lag_rule = 0;
    plan.presence_rule = 1;
    plan.safety_stock_rule = 2;
    plan.limits_rule = 3;
    return plan;
  }
  Decision Decide(const Facts& facts) const { return Evaluate(facts, kChannel, rules, Plan()); }
};

Facts OnHand(int64_t milli, int64_t step_milli = 1000) {
  Facts facts;
  facts.on_hand_milli = milli;
  facts.step_milli = step_milli;
  return facts;
}

int64_t Withheld(const Decision& decision) {
  return std::accumulate(decision.stages.begin(), decision.stages.end(), int64_t{0},
                         [](int64_t sum, const StageOutcome& s) { return sum + s.withheld_milli; });
}

const StageOutcome& At(const Decision& decision, Stage stage) {
  return decision.stages[static_cast<size_t>(stage)];
}

Decision Plain(const Facts& facts) { return Evaluate(facts, kChannel, ChannelRules{}, {}); }

// Draws facts and settings near the borders where stages change their mind.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  int64_t Number(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  bool Chance(int percent) { return Number(1, 100) <= percent; }

  Facts SomeFacts() {
    static constexpr int64_t kSteps[] = {1, 10, 100, 1000, 5000};
    Facts facts;
    facts.on_hand_milli = Chance(5) ? Number(-1'000'000, 0) : Number(-2'000, 60'000);
    if (Chance(5)) facts.on_hand_milli = std::numeric_limits<int64_t>::max() - Number(0, 10);
    facts.reserved_milli = Chance(60) ? 0 : Number(0, 9'000);
    facts.step_milli = kSteps[Number(0, 4)];
    facts.stopped = Chance(3) ? kAllChannels : 0;
    facts.lag_ms = Number(-5, 60);
    facts.nil_pick = Chance(10);
    facts.silence_ms = Number(0, 40);
    facts.mean_gap_ms = Number(0, 10);
    return facts;
  }

  Setting SomeSetting() {
    Setting setting;
    for (int64_t over = Number(-5, 20); over < 50 && Chance(70); over += Number(1, 20)) {
      setting.sync_lag.push_back({over, Number(0, 100), Chance(50) ? 0 : Number(0, 5'000)});
    }
    setting.presence = {Chance(50), Chance(50) ? 0 : static_cast<double>(Number(1, 8)) / 2};
    setting.safety_stock = Chance(50) ? SafetyStockRule{Number(0, 5'000), 0}
                                      : SafetyStockRule{0, Number(0, 100'000'000)};
    setting.limits = {Number(0, 3'000), Chance(50) ? -1 : Number(0, 50'000)};
    setting.rules.limited_at_milli = Number(0, 5'000);
    return setting;
  }

  // The same setting with one stage made more cautious, or unchanged where it cannot be.
  Setting MoreCautious(Setting setting) {
    switch (Number(0, 7)) {
      case 0:
        for (LagTier& tier : setting.sync_lag) tier.keep_percent = Number(0, tier.keep_percent);
        break;
      case 1:
        for (LagTier& tier : setting.sync_lag) tier.subtract_milli += Number(0, 3'000);
        break;
      case 2:
        setting.presence.after_nil_pick_until_evidence = true;
        break;
      case 3:
        setting.presence.quiet_limit /= 2;
        break;
      case 4:
        setting.safety_stock.subtract_milli += Number(0, 3'000);
        break;
      case 5:
        setting.safety_stock.percent_micro =
            Number(setting.safety_stock.percent_micro, 100'000'000);
        break;
      case 6:
        setting.limits.cutoff_below_milli += Number(0, 3'000);
        break;
      default:
        setting.limits.cap_milli =
            Number(0, setting.limits.cap_milli < 0 ? 50'000 : setting.limits.cap_milli);
    }
    return setting;
  }

 private:
  std::mt19937 random_;
};

constexpr int kDraws = 20'000;

}  // namespace

TEST_CASE("base is what is on hand less what is reserved, and never negative", "[rules]") {
  struct Row {
    int64_t on_hand, reserved, base;
  };
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
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

TEST_CASE("without a rule the base is sold in whole steps", "[rules]") {
  const Decision decision = Plain(OnHand(2'750));
  CHECK(decision.sellable == 2);
  CHECK(At(decision, Stage::kLimits).withheld_milli == 750);
  CHECK(At(decision, Stage::kLimits).rule == StageOutcome::kNoRule);
  CHECK(Plain(OnHand(2'750, 100)).sellable == 27);
  CHECK(Plain(OnHand(2'750, 1)).sellable == 2'750);
}

TEST_CASE("each stage books what it took with its rule, in the fixed order", "[rules]") {
  Setting setting;
  setting.sync_lag = {{10, 50, 0}};
  setting.safety_stock.subtract_milli = 1'500;
  setting.limits.cap_milli = 3'000;
  Facts facts = OnHand(21'300);
  facts.lag_ms = 11;
  const Decision decision = setting.Decide(facts);
  CHECK(At(decision, Stage::kSyncLag).withheld_milli == 11'300);
  CHECK(At(decision, Stage::kSyncLag).rule == 0);
  CHECK(At(decision, Stage::kPresence).withheld_milli == 0);
  CHECK(At(decision, Stage::kPresence).rule == StageOutcome::kNoRule);
  CHECK(At(decision, Stage::kSafetyStock).withheld_milli == 1'500);
  CHECK(At(decision, Stage::kSafetyStock).rule == 2);
  CHECK(At(decision, Stage::kLimits).withheld_milli == 5'500);
  CHECK(At(decision, Stage::kLimits).rule == 3);
  CHECK(decision.sellable == 3);
}

TEST_CASE("what an ineligible channel may not sell is withheld by eligibility alone", "[rules]") {
  Setting setting;
  setting.safety_stock.subtract_milli = 1'000;
  Facts facts = OnHand(7'300);
  facts.store_closed = true;
  const Decision decision = setting.Decide(facts);
  CHECK(decision.ineligible == Ineligible::kStoreClosed);
  CHECK(decision.sellable == 0);
  CHECK(decision.status == Status::kOutOfStock);
  CHECK(At(decision, Stage::kEligibility).withheld_milli == 7'300);
  CHECK(Withheld(decision) == decision.base_milli);
  CHECK(decision.until == kNever);
}

TEST_CASE("a stop holds until it expires, and only where it is the reason", "[rules]") {
  Facts facts = OnHand(5'000);
  facts.stops_until = PartitionTime{1'234};
  CHECK(Plain(facts).until == kNever);
  facts.stopped = 1;
  CHECK(Plain(facts).until == PartitionTime{1'234});
  CHECK(Evaluate(facts, ChannelId{1}, ChannelRules{}, {}).until == kNever);
  facts.item_known = false;
  CHECK(Plain(facts).until == kNever);
}

TEST_CASE("the status is limited at or below the channel's border, out of stock at zero",
          "[rules]") {
  ChannelRules rules;
  rules.limited_at_milli = 2'000;
  auto status = [&](int64_t on_hand, int64_t step) {
    return Evaluate(OnHand(on_hand, step), kChannel, rules, {}).status;
  };
  CHECK(status(0, 1000) == Status::kOutOfStock);
  CHECK(status(999, 1000) == Status::kOutOfStock);
  CHECK(status(1'000, 1000) == Status::kLimited);
  CHECK(status(2'999, 1000) == Status::kLimited);
  CHECK(status(3'000, 1000) == Status::kInStock);
  CHECK(status(2'000, 1) == Status::kLimited);
  CHECK(status(2'001, 1) == Status::kInStock);
  rules.limited_at_milli = 0;
  CHECK(status(1'000, 1000) == Status::kInStock);
}

TEST_CASE("more than a slot holds is withheld by limits", "[rules]") {
  const Decision decision = Plain(OnHand(kSellableMax + 5, 1));
  CHECK(decision.sellable == kSellableMax);
  CHECK(At(decision, Stage::kLimits).withheld_milli == 5);
}

TEST_CASE("whatever the facts and rules, base less what is withheld is what is sold", "[rules]") {
  Generator generator(20240617);
  for (int i = 0; i < kDraws; ++i) {
    const Facts facts = generator.SomeFacts();
    const Decision decision = generator.SomeSetting().Decide(facts);
    const int64_t sold = decision.sellable * facts.step_milli;
    REQUIRE(decision.sellable >= 0);
    REQUIRE(sold <= decision.base_milli);
    REQUIRE(decision.base_milli - Withheld(decision) == sold);
    for (const StageOutcome& stage : decision.stages) REQUIRE(stage.withheld_milli >= 0);
    REQUIRE((decision.status == Status::kOutOfStock) == (sold == 0));
  }
}

TEST_CASE("a more cautious rule never offers more", "[rules]") {
  Generator generator(4711);
  int offered_less = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Facts facts = generator.SomeFacts();
    const Setting setting = generator.SomeSetting();
    const int64_t before = setting.Decide(facts).sellable;
    const int64_t after = generator.MoreCautious(setting).Decide(facts).sellable;
    REQUIRE(after <= before);
    offered_less += after < before ? 1 : 0;
  }
  CHECK(offered_less > kDraws / 20);  // the draws do reach the stages
}

TEST_CASE("a higher lag never offers more where tiers grow stricter", "[rules]") {
  Setting setting;
  setting.sync_lag = {{10, 80, 0}, {20, 50, 0}, {30, 50, 2'000}, {40, 0, 0}};
  int64_t before = std::numeric_limits<int64_t>::max();
  for (int64_t lag = 0; lag < 50; ++lag) {
    Facts facts = OnHand(13'000);
    facts.lag_ms = lag;
    const int64_t sellable = setting.Decide(facts).sellable;
    CHECK(sellable <= before);
    before = sellable;
  }
  CHECK(before == 0);
}

TEST_CASE("the same facts give the same decision", "[rules]") {
  Generator generator(99);
  for (int i = 0; i < kDraws / 10; ++i) {
    const Facts facts = generator.SomeFacts();
    const Setting setting = generator.SomeSetting();
    const Decision once = setting.Decide(facts);
    const Decision again = setting.Decide(facts);
    REQUIRE(once.sellable == again.sellable);
    REQUIRE(once.until == again.until);
    REQUIRE(once.status == again.status);
    for (size_t s = 0; s < once.stages.size(); ++s) {
      REQUIRE(once.stages[s].withheld_milli == again.stages[s].withheld_milli);
      REQUIRE(once.stages[s].rule == again.stages[s].rule);
    }
  }
}
