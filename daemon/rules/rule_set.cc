#include "rules/rule_set.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <tuple>

#include "base/check.h"
#include "rules/rules_file.h"
#include "rules/scope.h"

namespace shelf {
namespace {

constexpr size_t kHashBytes = 16;
constexpr std::string_view kDefaultRules = "version: 1\nchannels: {default: {}}\n";

std::string HashOf(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  const int ok =
      EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  SHELF_CHECK(ok == 1, "SHA-256 is part of every libcrypto");
  return std::string(digest.begin(), digest.begin() + kHashBytes);
}

std::vector<int64_t> LagBordersOf(const RulesFile& file) {
  std::vector<int64_t> borders;
  for (const std::vector<Rule>& rules : file.rules) {
    for (const Rule& rule : rules) {
      if (!rule.sync_lag) continue;
      for (const LagTier& tier : *rule.sync_lag) borders.push_back(tier.over_ms);
    }
  }
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  return borders;
}

// A rule of one channel as the search for the most specific one sees it.
struct Candidate {
  uint16_t channel = 0;
  uint16_t rule = 0;
  uint32_t order = 0;  // in the channel: the lowest goes first
  uint32_t store_condition = kAnyCondition;
};

// The best candidate so far for each stage of one channel.
using Best = std::array<const Candidate*, kStages>;

void Improve(Best& best, const Candidate& candidate, const Rule& rule) {
  for (const Stage stage : kAllStages) {
    const Candidate*& held = best[static_cast<size_t>(stage)];
    if (!Sets(rule, stage)) continue;
    if (held == nullptr || candidate.order < held->order) held = &candidate;
  }
}

uint16_t RuleOf(const Best& best, Stage stage) {
  const Candidate* held = best[static_cast<size_t>(stage)];
  return held == nullptr ? StageOutcome::kNoRule : held->rule;
}

// By rule index, the place in the order of precedence.
std::vector<uint32_t> OrderOf(const std::vector<Rule>& rules) {
  std::vector<uint32_t> by_order(rules.size());
  std::iota(by_order.begin(), by_order.end(), 0u);
  std::stable_sort(by_order.begin(), by_order.end(),
                   [&](uint32_t a, uint32_t b) { return Precedes(rules[a], rules[b]); });
  std::vector<uint32_t> order(rules.size());
  for (uint32_t i = 0; i < by_order.size(); ++i) order[by_order[i]] = i;
  return order;
}

// Points `rule` at the best rule of the stage, and `setting` at what that rule says of it.
template <typename Setting>
void Point(const Best& best, Stage stage, const std::vector<Rule>& rules,
           std::optional<Setting> Rule::*said, uint16_t& rule, const Setting*& setting) {
  rule = RuleOf(best, stage);
  if (rule != StageOutcome::kNoRule) setting = &*(rules[rule].*said);
}

ChannelPlan PlanOf(const Best& best, const std::vector<Rule>& rules) {
  ChannelPlan plan;
  plan.sync_lag_rule = RuleOf(best, Stage::kSyncLag);
  if (plan.sync_lag_rule != StageOutcome::kNoRule) {
    plan.sync_lag = *rules[plan.sync_lag_rule].sync_lag;
  }
  Point(best, Stage::kPresence, rules, &Rule::presence, plan.presence_rule, plan.presence);
  Point(best, Stage::kSafetyStock, rules, &Rule::safety_stock, plan.safety_stock_rule,
        plan.safety_stock);
  Point(best, Stage::kAllocation, rules, &Rule::allocation, plan.allocation_rule, plan.allocation);
  Point(best, Stage::kLimits, rules, &Rule::limits, plan.limits_rule, plan.limits);
  Point(best, Stage::kSteady, rules, &Rule::steady, plan.steady_rule, plan.steady);
  return plan;
}

// Those of `plans` that share: group by group, in a group by priority and place in the file.
std::vector<ChannelId> SharingOf(std::span<const ChannelPlan> plans,
                                 std::span<const ChannelRules> channels) {
  std::vector<ChannelId> sharing;
  for (uint16_t c = 0; c < static_cast<uint16_t>(plans.size()); ++c) {
    if (plans[c].allocation != nullptr) sharing.emplace_back(c);
  }
  auto rank = [&](ChannelId id) {
    const ChannelRules& channel = channels[id.value];
    return std::tuple(plans[id.value].allocation->group, -channel.priority, channel.place);
  };
  std::sort(sharing.begin(), sharing.end(),
            [&](ChannelId a, ChannelId b) { return rank(a) < rank(b); });
  return sharing;
}

void NoteNeeds(Plans::Body& body) {
  for (const ChannelPlan& plan : body.channels) {
    body.ask_silence |= plan.presence != nullptr && plan.presence->quiet_limit > 0;
    body.ask_sales_rate |=
        plan.safety_stock != nullptr && plan.safety_stock->days_of_cover_milli > 0;
    body.hold_rises |= plan.steady != nullptr && plan.steady->rise_after_ms > 0;
  }
}

}  // namespace

struct RuleSet::Impl {
  explicit Impl(std::string_view yaml, RulesFile read);

  const Plans::Body& PlanFor(uint32_t store_class, uint32_t item_class);
  std::vector<std::vector<uint16_t>> UnusedRules() const;

  // Constant after construction; plans point into `file`.
  std::string text;
  std::string hash;
  RulesFile file;
  std::vector<int64_t> lag_borders;
  std::vector<std::vector<Candidate>> candidates;  // by item condition

  // Filled as classes are met.
  ItemClasses items;
  StoreClasses stores;

 private:
  std::vector<Best> Resolve(uint32_t store_class, uint32_t item_class) const;
  const Plans::Body* Intern(const std::vector<Best>& best);

  // Pairs of classes for which the same rules hold share their plans. By those rules: of each
  // channel one for each stage.
  std::map<std::vector<uint16_t>, std::unique_ptr<Plans::Body>> distinct_;
  std::vector<std::vector<const Plans::Body*>> plans_;  // store class, item class; null: not met
};

RuleSet::Impl::Impl(std::string_view yaml, RulesFile read)
    : text(yaml), hash(HashOf(text)), file(std::move(read)), lag_borders(LagBordersOf(file)) {
  for (size_t channel = 0; channel < file.rules.size(); ++channel) {
    const std::vector<Rule>& rules = file.rules[channel];
    const std::vector<uint32_t> order = OrderOf(rules);
    for (size_t i = 0; i < rules.size(); ++i) {
      const uint32_t item_condition = items.Number(rules[i].item);
      if (candidates.size() < items.conditions()) candidates.resize(items.conditions());
      candidates[item_condition].push_back({static_cast<uint16_t>(channel),
                                            static_cast<uint16_t>(i), order[i],
                                            stores.Number(rules[i].store)});
    }
  }
  candidates.resize(items.conditions());
}

std::vector<Best> RuleSet::Impl::Resolve(uint32_t store_class, uint32_t item_class) const {
  std::vector<Best> best(file.channels.size());
  const std::vector<uint32_t>& holding = stores.Holding(store_class);
  for (uint32_t item_condition : items.Holding(item_class)) {
    for (const Candidate& candidate : candidates[item_condition]) {
      if (!std::binary_search(holding.begin(), holding.end(), candidate.store_condition)) continue;
      Improve(best[candidate.channel], candidate, file.rules[candidate.channel][candidate.rule]);
    }
  }
  return best;
}

const Plans::Body* RuleSet::Impl::Intern(const std::vector<Best>& best) {
  std::vector<uint16_t> rules;
  for (const Best& b : best) {
    for (const Stage stage : kAllStages) rules.push_back(RuleOf(b, stage));
  }
  std::unique_ptr<Plans::Body>& body = distinct_[std::move(rules)];
  if (body == nullptr) {
    body = std::make_unique<Plans::Body>();
    for (size_t i = 0; i < best.size(); ++i) {
      body->channels.push_back(PlanOf(best[i], file.rules[i]));
    }
    body->groups = file.allocation_groups;
    body->sharing = SharingOf(body->channels, file.channels);
    NoteNeeds(*body);
  }
  return body.get();
}

const Plans::Body& RuleSet::Impl::PlanFor(uint32_t store_class, uint32_t item_class) {
  if (plans_.size() <= store_class) plans_.resize(stores.classes());
  std::vector<const Plans::Body*>& row = plans_[store_class];
  if (row.size() <= item_class) row.resize(items.classes());
  const Plans::Body*& plans = row[item_class];
  if (plans == nullptr) plans = Intern(Resolve(store_class, item_class));
  return *plans;
}

std::vector<std::vector<uint16_t>> RuleSet::Impl::UnusedRules() const {
  std::vector<std::vector<bool>> used;
  for (const std::vector<Rule>& rules : file.rules) used.emplace_back(rules.size());
  for (const auto& [rules, body] : distinct_) {
    for (size_t i = 0; i < rules.size(); ++i) {
      if (rules[i] != StageOutcome::kNoRule) used[i / kStages][rules[i]] = true;
    }
  }
  std::vector<std::vector<uint16_t>> unused(used.size());
  for (size_t channel = 0; channel < used.size(); ++channel) {
    for (size_t rule = 0; rule < used[channel].size(); ++rule) {
      if (!used[channel][rule]) unused[channel].push_back(static_cast<uint16_t>(rule));
    }
  }
  return unused;
}

RuleSet::RuleSet() = default;
RuleSet::~RuleSet() = default;

std::unique_ptr<RuleSet> RuleSet::Load(std::string_view yaml, std::vector<RulesMessage>& messages,
                                       std::span<const std::string> channels_before) {
  const size_t before = messages.size();
  RulesFile file = ReadRulesFile(yaml, messages);
  AlignChannels(file, channels_before, messages);
  if (HasError(std::span(messages).subspan(before))) return nullptr;
  std::unique_ptr<RuleSet> rules(new RuleSet());
  rules->impl_ = std::make_unique<Impl>(yaml, std::move(file));
  return rules;
}

std::unique_ptr<RuleSet> RuleSet::Default() {
  std::vector<RulesMessage> messages;
  std::unique_ptr<RuleSet> rules = Load(kDefaultRules, messages);
  SHELF_CHECK(rules != nullptr, "the built-in rules are valid");
  return rules;
}

std::string_view RuleSet::DefaultText() { return kDefaultRules; }
std::string RuleSet::HashOfText(std::string_view yaml) { return HashOf(yaml); }

const std::string& RuleSet::hash() const { return impl_->hash; }
const std::string& RuleSet::text() const { return impl_->text; }
const std::vector<ChannelRules>& RuleSet::channels() const { return impl_->file.channels; }
const std::vector<AllocationGroup>& RuleSet::allocation_groups() const {
  return impl_->file.allocation_groups;
}
std::span<const int64_t> RuleSet::LagBorders() const { return impl_->lag_borders; }

uint32_t RuleSet::StoreClass(const StoreScope& store) { return impl_->stores.ClassOf(store); }
uint32_t RuleSet::ItemClass(const ItemScope& item) { return impl_->items.ClassOf(item); }

std::vector<std::vector<uint16_t>> RuleSet::UnusedRules() const { return impl_->UnusedRules(); }

Plans RuleSet::Plan(uint32_t store_class, uint32_t item_class) {
  return Plans(impl_->PlanFor(store_class, item_class));
}

}  // namespace shelf
