// A shadow run: what we would offer on a channel beside what its feed of today offers, key by key,
// and why the two differ.
// THREAD: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/open_world.h"
#include "base/ids.h"
#include "ctl/feed.h"
#include "rules/stage.h"

namespace shelf::ctl {

// What is absent counts as zero: a key that one side does not have and the other has at zero is
// equal.
enum class FeedVerdict : uint8_t { kEqual, kOursLower, kOursHigher, kOnlyFeed, kOnlyOurs };
inline constexpr int kFeedVerdicts = 5;
// "equal", "ours_lower", "ours_higher", "only_feed", "only_ours".
std::string_view FeedVerdictName(FeedVerdict verdict);

// One key at which they differ. Quantities in thousandths of the unit of measure. Views live for
// the call that hands it out.
struct FeedDifference {
  std::string_view store, sku;
  FeedVerdict verdict = FeedVerdict::kEqual;
  std::optional<int64_t> feed_milli, ours_milli;  // nullopt: that side has no such key
  // The largest part of the difference. Where ours is lower: the stage that withholds it,
  // `reservation`, `feed_older`, or `stock` (the feed knows of more). Where ours is higher:
  // `feed_buffer`, `feed_older`, `feed_zero` or `stock`. Where one side has no such key:
  // `not_in_feed`, `no_stock_event`, or the name of what makes the key ineligible.
  std::string_view reason;
  std::string_view rule;  // of a stage; empty: none
  // feed_older: the feed's number is as of before this movement.
  std::optional<int64_t> older_than_ms;
};

struct FeedSum {
  uint64_t keys = 0;
  int64_t milli = 0;  // by which they differ, > 0
};

struct StoreComparison {
  std::string store;
  std::array<FeedSum, kFeedVerdicts> by_verdict = {};  // of kEqual the milli are what both offer
  // Every part of every difference, by verdict and reason: their milli add up to those above; a key
  // counts at its largest part.
  std::map<std::pair<FeedVerdict, std::string>, FeedSum> reasons;

  uint64_t keys() const;
  // The share of keys at which nothing changes when this store's channel is switched over; 1
  // without any.
  double ready() const;
  void Add(const StoreComparison& other);
};

struct FeedComparison {
  StoreComparison total;                // of `stores`
  std::vector<StoreComparison> stores;  // those that the feed has, by name
  // Stores that offer something with us and do not stand in the feed.
  uint64_t stores_not_in_feed = 0;
  // What the feed itself seems to keep back of what is on hand: the commonest distance, where at
  // least three of its keys and half of those that offer less than there is have it; 0 = none.
  int64_t buffer_milli = 0;
};

// Compares under the rules that `opened` was opened with. `on_difference` may be empty.
FeedComparison CompareFeed(OpenedWorld& opened, ChannelId channel, const Feed& feed,
                           const std::function<void(const FeedDifference&)>& on_difference);

}  // namespace shelf::ctl
