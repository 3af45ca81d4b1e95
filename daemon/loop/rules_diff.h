// Try before: what another rule set would change of what the channels may sell, over the state as
// it stands and without touching it. Each key (a position and a channel) is decided under the set
// that its partition goes by and under the proposed one, see ProposedRules.
//
// It goes in slices, so that the daemon can look between its turns: a position is seen as it is
// when its slice comes, and those that are added after the first slice are not in it. Positions for
// which both sets say the same are not evaluated; what was decided of them last stands for both.
// THREAD: the world's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "loop/proposed_rules.h"
#include "loop/rules_reason.h"
#include "loop/world.h"
#include "rules/rule_set.h"

namespace shelf {

struct RulesDiffOptions {
  ChannelSet channels = kAllChannels;  // the others are evaluated (a group shares), never counted
  bool totals_only = false;            // no sums by store and category
  size_t category_depth = 1;           // so many levels of an item's category, widest first; >= 1
  size_t largest = 0;                  // so many of the largest changes are kept
};

// Keys of one channel, or of a part of it. Quantities add up thousandths of whatever each item's
// unit of measure is; 128 bits, so that they are exact.
struct RulesDiffSum {
  uint64_t keys = 0;         // looked at
  uint64_t sellable = 0;     // above zero before
  uint64_t changed = 0;      // number or status
  uint64_t status_only = 0;  // of `changed`: the number stays
  uint64_t to_zero = 0;
  uint64_t to_sellable = 0;         // from zero, or from not being offered at all
  absl::int128 offered_milli = 0;   // before
  absl::int128 won_milli = 0;       // what rises add
  absl::int128 withheld_milli = 0;  // what falls take; offered + won - withheld is offered after

  RulesDiffSum& operator+=(const RulesDiffSum& other);
};

// The brake on mass zeroing: more than `share_max` (0 … 1) of the keys above zero would be zero,
// and more than kZeroedFreely of them.
inline constexpr uint64_t kZeroedFreely = 20;
bool ZeroesTooMuch(const RulesDiffSum& sum, double share_max);
// So of one of the channels, or of all together: a channel that is emptied is not made up for by
// others that are not.
bool ZeroesTooMuch(std::span<const RulesDiffSum> channels, double share_max);

struct RulesChange {
  PositionId position;
  ChannelId channel;
  int64_t step_milli = 1000;
  Decision before, after;
  RulesReason reason;

  // Above 0: a rise.
  int64_t difference_milli() const { return (after.sellable - before.sellable) * step_milli; }
};

class RulesDiff {
 public:
  // Every change as it is found. Null: nobody asks.
  using OnChange = std::function<void(const RulesChange&)>;

  // Borrows both, which outlive it and what it gave. `proposed` was loaded with world.channel_names
  // as the channels before; channels that only it has are counted too.
  RulesDiff(World& world, RuleSet& proposed, const RulesDiffOptions& options,
            OnChange on_change = nullptr);

  // Looks at the next positions, at most so many. No allocation for a position whose store, item
  // and plans were met before.
  void Take(uint32_t positions_max);
  bool done() const { return next_ == end_; }
  uint32_t seen() const { return next_; }
  uint32_t positions() const { return end_; }
  // Channel decisions made, under either set.
  uint64_t evaluations() const { return evaluations_; }

  // By ChannelId of the proposed set.
  const std::vector<RulesDiffSum>& channels() const { return channels_; }
  RulesDiffSum Total() const;

  // One store or category with its channels; nothing of it with `totals_only`.
  struct Part {
    std::vector<RulesDiffSum> channels;  // by ChannelId of the proposed set; empty: nothing seen
  };
  const std::vector<Part>& stores() const { return stores_; }  // by StoreId
  struct Category : Part {
    std::vector<std::string> path;  // widest first; empty: unknown items and those without one
  };
  const std::vector<Category>& categories() const { return categories_; }  // in order of sight

  // The largest changes, by the amount of their difference, the largest first; of equals the
  // position and channel that come first.
  std::vector<RulesChange> Largest() const;

 private:
  void Look(PositionId id);
  void CountUnchanged(PositionId id);
  void Count(PositionId id, ChannelId channel);
  void Note(PositionId id, ChannelId channel);
  void Keep(const RulesChange& change);
  uint32_t CategoryOf(SkuId sku);
  template <typename Add>
  void AddToSums(PositionId id, ChannelId channel, const Add& add);
  bool Counts(ChannelId channel) const { return (options_.channels >> channel.value & 1) != 0; }

  World& world_;
  ProposedRules rules_;
  const RulesDiffOptions options_;
  const OnChange on_change_;
  uint32_t next_ = 0, end_ = 0;
  uint64_t evaluations_ = 0;

  std::vector<RulesDiffSum> channels_;
  std::vector<Part> stores_;
  std::vector<Category> categories_;
  std::vector<uint32_t> category_of_;  // by SkuId, as far as looked up
  std::map<std::vector<std::string>, uint32_t> category_numbers_;
  std::vector<RulesChange> largest_;  // a heap, the least of them in front
};

}  // namespace shelf
