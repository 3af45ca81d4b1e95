#include "sim/rule_choice.h"

#include <algorithm>

namespace shelf::sim {
namespace {

constexpr int64_t kMinuteMs = 60'000;

// Chance, told apart from what is made of it. No distribution of the library: those differ from one
// to another.
class Dice {
 public:
  explicit Dice(std::mt19937_64& random) : random_(random) {}

  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  int64_t Among(int64_t least, int64_t most) { return least + Below(most - least + 1); }
  bool Percent(int64_t percent) { return Below(100) < percent; }
  template <typename T>
  const T& OneOf(const std::vector<T>& values) {
    return values[static_cast<size_t>(Below(static_cast<int64_t>(values.size())))];
  }
  // One, or now and then two of them.
  std::vector<std::string> Few(const std::vector<std::string>& values) {
    std::vector<std::string> few = {OneOf(values)};
    const std::string& second = OneOf(values);
    if (Percent(30) && second != few.front()) few.push_back(second);
    return few;
  }

 private:
  std::mt19937_64& random_;
};

ScopeChoice ChooseScope(const Names& names, Dice& dice) {
  ScopeChoice scope;
  if (dice.Percent(35)) return scope;
  const bool has_categories = !names.categories.empty();
  if (dice.Percent(25) && !names.skus.empty()) scope.items = dice.Few(names.skus);
  if (dice.Percent(35) && has_categories) {
    scope.category = dice.OneOf(names.categories);
    scope.category.resize(
        static_cast<size_t>(dice.Among(1, static_cast<int64_t>(scope.category.size()))));
  }
  if (dice.Percent(25) && !names.stores.empty()) scope.stores = dice.Few(names.stores);
  if (dice.Percent(25) && !names.groups.empty()) scope.groups = dice.Few(names.groups);
  if (dice.Percent(20) && !names.regions.empty()) scope.regions = dice.Few(names.regions);
  return scope;
}

// Of one to three tiers, each later than the one before and keeping no more.
std::vector<LagTierChoice> ChooseTiers(Dice& dice) {
  std::vector<LagTierChoice> tiers;
  if (dice.Percent(10)) return tiers;
  int64_t over_ms = 0;
  int64_t keep_percent = 100;
  for (int64_t left = dice.Among(1, 3); left > 0; --left) {
    over_ms += dice.Among(1, 40) * kMinuteMs + (dice.Percent(20) ? dice.Below(1000) : 0);
    keep_percent = left == 1 && dice.Percent(60) ? 0 : dice.Below(keep_percent + 1);
    tiers.push_back({.over_ms = over_ms,
                     .keep_percent = keep_percent,
                     .subtract_milli = dice.Percent(30) ? dice.Among(0, 4) * 500 : 0});
  }
  return tiers;
}

SafetyChoice ChooseSafety(Dice& dice) {
  SafetyChoice safety;
  if (dice.Percent(60)) {
    safety.subtract_milli = dice.Below(12) * 250;
  } else {
    safety.percent_milli = dice.Percent(10) ? 100'000 : dice.Below(201) * 250;
  }
  return safety;
}

LimitsChoice ChooseLimits(Dice& dice) {
  LimitsChoice limits;
  if (dice.Percent(50)) limits.cutoff_below_milli = dice.Among(1, 8) * 500;
  if (limits.cutoff_below_milli == 0 || dice.Percent(60)) {
    limits.cap_milli = dice.Among(0, 40) * 500;
  }
  return limits;
}

class RulesMaker {
 public:
  RulesMaker(const Names& names, std::mt19937_64& random) : names_(names), dice_(random) {}

  RuleChoice Make();

 private:
  ChannelChoice MakeChannel(const std::string& name);
  StageRuleChoice MakeRule(const std::string& id);
  void SetStages(StageRuleChoice& rule);

  const Names& names_;
  Dice dice_;
  RuleChoice choice_;
};

RuleChoice RulesMaker::Make() {
  for (const char* group : {"all", "far"}) {
    if (!dice_.Percent(50)) continue;
    const int64_t percent = dice_.Percent(60) ? 100 : dice_.Among(5, 20) * 10;
    choice_.groups.push_back({.name = group, .overcommit_percent = percent});
  }
  for (const std::string& name : names_.channels) {
    if (dice_.Percent(85)) choice_.channels.push_back(MakeChannel(name));
  }
  if (choice_.channels.empty()) choice_.channels.push_back(MakeChannel(names_.channels.front()));
  return std::move(choice_);
}

ChannelChoice RulesMaker::MakeChannel(const std::string& name) {
  ChannelChoice channel;
  channel.name = name;
  if (dice_.Percent(25) && !names_.methods.empty()) channel.methods = dice_.Few(names_.methods);
  if (dice_.Percent(50)) channel.limited_at_milli = dice_.Among(0, 6) * 500;
  if (dice_.Percent(20)) channel.min_interval_ms = dice_.Among(1, 60) * 1000;
  channel.own_reservations_taken_off = dice_.Percent(25);
  if (dice_.Percent(40)) channel.priority = dice_.Among(-2, 3);
  channel.trace = dice_.Percent(30);
  const int64_t rules = dice_.Below(6);
  for (int64_t i = 0; i < rules; ++i) channel.rules.push_back(MakeRule("r" + std::to_string(i)));
  return channel;
}

StageRuleChoice RulesMaker::MakeRule(const std::string& id) {
  StageRuleChoice rule;
  rule.id = id;
  rule.when = ChooseScope(names_, dice_);
  if (dice_.Percent(30)) rule.priority = dice_.Among(-1, 2);
  SetStages(rule);
  return rule;
}

void RulesMaker::SetStages(StageRuleChoice& rule) {
  if (dice_.Percent(40)) rule.sync_lag = ChooseTiers(dice_);
  if (dice_.Percent(35)) rule.after_nil_pick = dice_.Percent(80);
  if (dice_.Percent(40)) rule.safety_stock = ChooseSafety(dice_);
  if (dice_.Percent(40) && !choice_.groups.empty()) {
    rule.allocation = {.group = dice_.OneOf(choice_.groups).name,
                       .share = dice_.Percent(10) ? 0 : dice_.Among(1, 7)};
  }
  if (dice_.Percent(30)) rule.limits = ChooseLimits(dice_);
  if (dice_.Percent(15)) rule.rise_after_ms = dice_.Below(6) * 2 * kMinuteMs;
}

// 1500 -> "1.5".
std::string Thousandths(int64_t value) {
  std::string text = std::to_string(value / 1000);
  if (value % 1000 == 0) return text;
  std::string decimals = std::to_string(1000 + value % 1000).substr(1);
  while (decimals.back() == '0') decimals.pop_back();
  return text + "." + decimals;
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

std::string ListOf(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) text += (text.size() > 1 ? ", " : "") + Quoted(value);
  return text + "]";
}

void AddScope(const ScopeChoice& scope, std::string& yaml) {
  std::string asked;
  const auto add = [&asked](const char* key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    asked += (asked.empty() ? "" : ", ") + std::string(key) + ": " + ListOf(values);
  };
  add("item", scope.items);
  add("category", scope.category);
  add("store", scope.stores);
  add("group", scope.groups);
  add("region", scope.regions);
  if (!asked.empty()) yaml += "        when: {" + asked + "}\n";
}

std::string TiersText(const std::vector<LagTierChoice>& tiers) {
  std::string text;
  for (const LagTierChoice& tier : tiers) {
    if (!text.empty()) text += ", ";
    text += "{over: " + std::to_string(tier.over_ms) +
            "ms, keep: " + std::to_string(tier.keep_percent) +
            "%, subtract: " + Thousandths(tier.subtract_milli) + "}";
  }
  return "[" + text + "]";
}

std::string SafetyText(const SafetyChoice& safety) {
  if (safety.subtract_milli) return "{subtract: " + Thousandths(*safety.subtract_milli) + "}";
  return "{percent: " + Thousandths(*safety.percent_milli) + "}";
}

std::string LimitsText(const LimitsChoice& limits) {
  std::string text = "{cutoff_below: " + Thousandths(limits.cutoff_below_milli);
  if (limits.cap_milli) text += ", cap: " + Thousandths(*limits.cap_milli);
  return text + "}";
}

void AddRule(const StageRuleChoice& rule, std::string& yaml) {
  yaml += "      - id: " + rule.id + "\n";
  AddScope(rule.when, yaml);
  const auto add = [&yaml](const std::string& key, const std::string& value) {
    yaml += "        " + key + ": " + value + "\n";
  };
  if (rule.priority != 0) add("priority", std::to_string(rule.priority));
  if (rule.sync_lag) add("sync_lag", TiersText(*rule.sync_lag));
  if (rule.after_nil_pick) {
    add("presence", *rule.after_nil_pick ? "{after_nil_pick: until_evidence}" : "{quiet_limit: 0}");
  }
  if (rule.safety_stock) add("safety_stock", SafetyText(*rule.safety_stock));
  if (rule.allocation) {
    add("allocation", "{group: " + rule.allocation->group +
                          ", share: " + std::to_string(rule.allocation->share) + "}");
  }
  if (rule.limits) add("limits", LimitsText(*rule.limits));
  if (rule.rise_after_ms) {
    add("steady", "{rise_after: " + std::to_string(*rule.rise_after_ms) + "ms}");
  }
}

void AddChannel(const ChannelChoice& channel, std::string& yaml) {
  yaml += "  " + Quoted(channel.name) + ":\n";
  const auto add = [&yaml](const std::string& key, const std::string& value) {
    yaml += "    " + key + ": " + value + "\n";
  };
  if (!channel.methods.empty()) add("methods", ListOf(channel.methods));
  if (channel.limited_at_milli != 0) add("limited_at", Thousandths(channel.limited_at_milli));
  if (channel.min_interval_ms != 0) {
    add("min_interval", std::to_string(channel.min_interval_ms) + "ms");
  }
  if (channel.own_reservations_taken_off) add("own_reservations_taken_off", "true");
  if (channel.priority != 0) add("priority", std::to_string(channel.priority));
  if (channel.trace) add("trace", "true");
  if (channel.rules.empty()) return add("rules", "[]");
  yaml += "    rules:\n";
  for (const StageRuleChoice& rule : channel.rules) AddRule(rule, yaml);
}

}  // namespace

RuleChoice ChooseRules(std::mt19937_64& random, const Names& names) {
  return RulesMaker(names, random).Make();
}

std::string ToYaml(const RuleChoice& choice) {
  std::string yaml = "version: 1\n";
  if (!choice.groups.empty()) yaml += "allocation_groups:\n";
  for (const GroupChoice& group : choice.groups) {
    yaml +=
        "  " + group.name + ": {overcommit: " + std::to_string(group.overcommit_percent) + "%}\n";
  }
  yaml += "channels:\n";
  for (const ChannelChoice& channel : choice.channels) AddChannel(channel, yaml);
  return yaml;
}

}  // namespace shelf::sim
