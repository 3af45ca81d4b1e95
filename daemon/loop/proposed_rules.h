// A world's positions decided under the set in force and under a proposed one, side by side. The
// world is not changed. `steady` is left out on both sides: what is compared is what would stand
// once every rise has held long enough.
// THREAD: the world's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "loop/world.h"
#include "rules/rule_set.h"

namespace shelf {

class ProposedRules {
 public:
  // Borrows both, which outlive it. `proposed` was loaded with world.channel_names as the channels
  // before; it may have more.
  ProposedRules(World& world, RuleSet& proposed);

  // The world may have changed since the last call: what follows from a store's state and record is
  // looked at again. What follows from an item's record is taken once.
  void BeginSlice();

  // Decides all channels of the position under both sets. False: both say the same of it for sure,
  // so nothing was decided. No allocation once its store, item and plans were met.
  bool Decide(PositionId id);

  // Of the position decided last, by ChannelId of the proposed set. What only one set has is
  // Ineligible::kChannelRemoved in the other.
  std::span<const Decision> before() const { return before_; }
  std::span<const Decision> after() const { return after_; }
  // Of the position decided last; null: the set in force does not have the channel.
  const ChannelRules* rules_before(ChannelId channel) const;
  const ChannelRules& rules_after(ChannelId channel) const {
    return proposed_.channels()[channel.value];
  }
  const ChannelPlan* plan_before(ChannelId channel) const;
  const ChannelPlan& plan_after(ChannelId channel) const { return (*plans_after_)[channel.value]; }

 private:
  // What holds of a store or an item under the proposed set.
  struct StoreAfter {
    uint64_t slice = 0;  // when it was looked at; 0: never
    uint32_t rule_class = 0;
    ChannelSet served = 0;
    int64_t lag_ms = 0;  // now, under either set
  };
  struct ItemAfter {
    bool met = false;
    uint32_t rule_class = 0;
    ChannelSet blocked = 0;
  };
  // How the proposed set compares with one in force; as a rule there is one of them.
  struct Comparison {
    std::shared_ptr<RulesInForce> before;
    bool same_channels = false;  // groups too: then a position differs only where its plans do
    absl::flat_hash_map<std::pair<const ChannelPlan*, const ChannelPlan*>, bool> same_plans;
  };

  const StoreAfter& AfterOf(const Store& store);
  const ItemAfter& AfterOf(SkuId sku);
  Comparison& ComparisonWith(const std::shared_ptr<RulesInForce>& before);
  bool SamePlans(Comparison& comparison, const Plans& before, const Plans& after);
  void DecideBoth(PositionId id, const StoreAfter& store, const ItemAfter& item);
  void TakeAddedChannels(PositionId id, const ItemAfter& item, Facts& facts);

  World& world_;
  RuleSet& proposed_;
  const std::vector<std::string> channel_names_;
  const bool adds_channels_;      // to those of the world
  std::vector<StopFacts> stops_;  // when it does, of the slice: in terms of the proposed set
  uint64_t slice_ = 0;
  std::vector<Comparison> comparisons_;
  std::vector<StoreAfter> stores_;  // by StoreId
  std::vector<ItemAfter> items_;    // by SkuId

  const RuleSet* set_before_ = nullptr;
  std::optional<Plans> plans_before_, plans_after_;
  std::vector<Decision> before_, after_;
  std::vector<int64_t> own_reserved_;
};

}  // namespace shelf
