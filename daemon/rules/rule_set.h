// One validated rules file, immutable, named by its content hash. The file's shape is documented
// in docs/reference/rules.md and schemas/rules.schema.json.
// THREAD: immutable after Load, except the plan cache: one owner (the worker).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/stage.h"

namespace shelf {

// One thing wrong with (or noteworthy about) a rules file.
struct RulesMessage {
  int line = 0;    // 1-based
  int column = 0;  // 1-based
  bool warning = false;
  std::string text;  // what is wrong and what would be right
};

// What scope looks at in a store and in an item.
struct StoreScope {
  std::string_view store;
  std::string_view region;
  std::span<const std::string> groups;
};
struct ItemScope {
  std::string_view sku;
  std::span<const std::string> category;  // widest first
};

struct LagTier {
  int64_t over_ms = 0;         // applies when lag > over
  int64_t keep_percent = 100;  // 0 … 100, rounded down to the step
  int64_t subtract_milli = 0;
  friend bool operator==(const LagTier&, const LagTier&) = default;
};
struct PresenceRule {
  bool after_nil_pick_until_evidence = false;
  double quiet_limit = 0;  // times the mean gap; 0 = off
  friend bool operator==(const PresenceRule&, const PresenceRule&) = default;
};
struct SafetyStockRule {
  int64_t subtract_milli = 0;
  int64_t percent_micro = 0;        // of the quantity in: 10 % = 10'000'000 (so 12.5 % is exact)
  int64_t days_of_cover_milli = 0;  // thousandths of a calendar day's sales at the measured rate
  friend bool operator==(const SafetyStockRule&, const SafetyStockRule&) = default;
};
// The channel takes part in a group, see allocation.h.
struct AllocationRule {
  uint8_t group = 0;  // index in RuleSet::allocation_groups()
  int64_t share = 0;  // 0 … kShareMax; weighs against the shares of the group's other channels
  friend bool operator==(const AllocationRule&, const AllocationRule&) = default;
};
struct LimitsRule {
  int64_t cutoff_below_milli = 0;  // below: nothing is sold
  int64_t cap_milli = -1;          // -1 = none
  friend bool operator==(const LimitsRule&, const LimitsRule&) = default;
};
struct SteadyRule {
  int64_t rise_after_ms = 0;  // how long a rise must hold; 0 = off
};

inline constexpr int64_t kShareMax = 1'000'000;
inline constexpr size_t kAllocationGroupsMax = 64;

// Channels that share what there is of a position.
struct AllocationGroup {
  std::string name;
  int64_t overcommit_micro = 100'000'000;  // what they share together: 120 % = 120'000'000
  friend bool operator==(const AllocationGroup&, const AllocationGroup&) = default;
};

// The rule of each stage for one channel, one class of stores and one class of items.
struct ChannelPlan {
  std::span<const LagTier> sync_lag;  // ascending by over_ms; empty = off
  const PresenceRule* presence = nullptr;
  const SafetyStockRule* safety_stock = nullptr;
  const AllocationRule* allocation = nullptr;
  const LimitsRule* limits = nullptr;
  const SteadyRule* steady = nullptr;
  uint16_t sync_lag_rule = StageOutcome::kNoRule;
  uint16_t presence_rule = StageOutcome::kNoRule;
  uint16_t safety_stock_rule = StageOutcome::kNoRule;
  uint16_t allocation_rule = StageOutcome::kNoRule;
  uint16_t limits_rule = StageOutcome::kNoRule;
  uint16_t steady_rule = StageOutcome::kNoRule;
};

// The plans of all channels for one pair of classes, and what they ask for together.
// A borrowed view, as long-lived as its rule set.
class Plans {
 public:
  struct Body {
    std::vector<ChannelPlan> channels;
    // The channels that share, group by group; in a group by priority, then place in the file.
    std::vector<ChannelId> sharing;
    std::span<const AllocationGroup> groups;  // of the rule set
    bool ask_silence = false;                 // Facts::silence_ms, mean_gap_ms
    bool ask_sales_rate = false;              // Facts::sales_rate
    bool hold_rises = false;                  // a channel has a steady rule
  };

  explicit Plans(const Body& body) : body_(&body) {}

  const ChannelPlan& operator[](size_t channel) const { return body_->channels[channel]; }
  const ChannelPlan* data() const { return body_->channels.data(); }
  size_t size() const { return body_->channels.size(); }
  auto begin() const { return body_->channels.begin(); }
  auto end() const { return body_->channels.end(); }

  std::span<const ChannelId> sharing() const { return body_->sharing; }
  std::span<const AllocationGroup> groups() const { return body_->groups; }
  bool ask_silence() const { return body_->ask_silence; }
  bool ask_sales_rate() const { return body_->ask_sales_rate; }
  bool hold_rises() const { return body_->hold_rises; }

 private:
  const Body* body_;
};

struct RuleInfo {
  std::string id;
  int line = 0;
};

struct ChannelRules {
  std::string name;
  // Not in this file, but a channel of before: it may sell nothing, see
  // Ineligible::kChannelRemoved.
  bool retired = false;
  bool trace = false;
  int32_t place = 0;                 // in the file, from 0
  int64_t priority = 0;              // in an allocation group the higher goes first, then the place
  std::vector<std::string> methods;  // empty = any store serves it
  int64_t limited_at_milli = 0;
  int64_t min_interval_ms = 0;  // a rise waits so long after the key's last record; 0 = not at all
  bool own_reservations_taken_off = false;  // the channel has deducted them on its side already
  std::vector<RuleInfo> rules;              // by rule index
};

class RuleSet {
 public:
  // Reads and validates the whole text. On an error: nullptr, and every message in `messages`;
  // warnings come with a rule set too. `channels_before`: the channels that have their ids already,
  // in that order. They keep them, those that the file does not have as retired; the file's others
  // follow. An error when that makes more than kChannelsMax.
  static std::unique_ptr<RuleSet> Load(std::string_view yaml, std::vector<RulesMessage>& messages,
                                       std::span<const std::string> channels_before = {});
  // One channel "default" that offers base as it is; for runs without a rules file.
  static std::unique_ptr<RuleSet> Default();
  static std::string_view DefaultText();
  ~RuleSet();

  // SHA-256 or similar of the text, 16 bytes.
  const std::string& hash() const;
  static std::string HashOfText(std::string_view yaml);
  const std::string& text() const;                    // as it was loaded
  const std::vector<ChannelRules>& channels() const;  // by ChannelId
  const std::vector<AllocationGroup>& allocation_groups() const;
  // Distinct sync_lag borders (over_ms) of all channels, ascending: a store whose lag lies between
  // the same two borders as before keeps all its decisions.
  std::span<const int64_t> LagBorders() const;

  // The class of a store or item: same class, same plans. Dense from 0; cached by the caller.
  uint32_t StoreClass(const StoreScope& store);
  uint32_t ItemClass(const ItemScope& item);

  // By ChannelId the rules, ascending, that are in none of the plans asked for so far: once the
  // plans of all positions were, those that decide nothing in any store.
  std::vector<std::vector<uint16_t>> UnusedRules() const;

  // The plans of all channels for a pair of classes. Resolved on first use (allocates), then one
  // indexed read.
  Plans Plan(uint32_t store_class, uint32_t item_class);

 private:
  RuleSet();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shelf
