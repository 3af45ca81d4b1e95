// The stages between a position's base and what a channel may sell, in their fixed order.
// Pure: facts in, decision out.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace shelf {

enum class Stage : uint8_t {
  kEligibility,
  kSyncLag,
  kPresence,
  kSafetyStock,
  kAllocation,
  kLimits,
  kSteady,
};
inline constexpr int kStages = 7;
inline constexpr std::array<Stage, kStages> kAllStages = {
    Stage::kEligibility, Stage::kSyncLag, Stage::kPresence, Stage::kSafetyStock,
    Stage::kAllocation,  Stage::kLimits,  Stage::kSteady};
// "eligibility", "sync_lag", …
std::string_view StageName(Stage stage);

inline constexpr int kChannelsMax = 64;
// One bit a channel, bit = ChannelId.
using ChannelSet = uint64_t;
inline constexpr ChannelSet kAllChannels = ~ChannelSet{0};

// Why a channel may not sell a position at all.
enum class Ineligible : uint8_t {
  kNo,
  kUnknownStore,
  kUnknownItem,
  kStoreClosed,
  kNoService,  // the store offers none of the channel's methods
  kNotListed,
  kBlocked,
  kStopped,
  kStateLost,       // what was known of the store is lost, and its full list has not come yet
  kChannelRemoved,  // the rules in force do not have the channel any more
};
// "", "unknown_store", "unknown_item", "store_closed", "no_service", "not_listed", "blocked",
// "stopped", "state_lost", "channel_removed".
std::string_view IneligibleName(Ineligible why);

// What sold in a measured time: sold_milli / in_s. 0 seconds: not known.
struct SalesRate {
  int64_t sold_milli = 0;  // 0 … 2^50
  int64_t in_s = 0;        // calendar time
  friend bool operator==(const SalesRate&, const SalesRate&) = default;
};

// Everything an evaluation may look at. Quantities in thousandths of the unit of measure,
// durations in milliseconds of the store's trading time.
struct Facts {
  PartitionTime now;
  int64_t on_hand_milli = 0;
  int64_t reserved_milli = 0;
  // By ChannelId: what of it is the channel's own, where that has taken it off on its side already
  // and may sell it therefore; else 0. Empty: 0 for all. Borrowed.
  std::span<const int64_t> own_reserved_milli;
  int64_t step_milli = 1000;  // >= 1

  bool store_known = true;
  bool item_known = true;
  bool store_closed = false;
  bool state_lost = false;
  ChannelSet served = kAllChannels;  // the store's services meet the channel's methods
  ChannelSet listed = kAllChannels;
  ChannelSet blocked = 0;
  ChannelSet stopped = 0;
  PartitionTime stops_until = kNever;  // earliest expiry of a stop that holds now

  // Classes of RuleSet::StoreClass and RuleSet::ItemClass.
  uint32_t store_class = 0;
  uint32_t item_class = 0;

  int64_t lag_ms = 0;  // partition time - watermark in trading time, deaf stretches left out

  bool nil_pick = false;    // a picker found nothing, and no evidence since
  int64_t silence_ms = 0;   // from the last sale to the watermark, >= 0
  int64_t mean_gap_ms = 0;  // mean time between sales; 0 = not known (fewer than two sales)
  SalesRate sales_rate;
};

struct StageOutcome {
  int64_t withheld_milli = 0;
  uint16_t rule = kNoRule;  // index in the channel's rules; kNoRule: the stage's built-in part
  static constexpr uint16_t kNoRule = 0xffff;
};

enum class Status : uint8_t { kUnspecified, kInStock, kLimited, kOutOfStock };
// "unspecified", "in_stock", "limited", "out_of_stock".
std::string_view StatusName(Status status);

// What one channel may sell of one position. base_milli - sum(withheld) == sellable * step_milli.
struct Decision {
  int64_t base_milli = 0;
  int64_t sellable = 0;  // units of step_milli, 0 … kSellableMax
  Status status = Status::kOutOfStock;
  Ineligible ineligible = Ineligible::kNo;
  std::array<StageOutcome, kStages> stages;
  // When this changes by itself, at the latest safe bound: evaluated again then. Lag crossings are
  // not in it (they are the store's timer, see RuleSet::LagBorders).
  PartitionTime until = kNever;
};

// Fits the position's channel slot; what is above is withheld by `limits`.
inline constexpr int64_t kSellableMax = 0xfffffffe;

}  // namespace shelf
