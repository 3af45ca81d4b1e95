// What two rule sets would have done on the same log, side by side. How each figure comes about,
// and what it cannot tell: docs/operating/replay.md.
// THREAD: plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/stage.h"

namespace shelf {

inline constexpr int kOldSide = 0;
inline constexpr int kNewSide = 1;
inline constexpr int kSides = 2;

// Lines of documents, and the quantity that they are about.
struct Amount {
  int64_t lines = 0;
  int64_t milli = 0;
  void Add(int64_t quantity_milli) {
    ++lines;
    milli += quantity_milli;
  }
  Amount& operator+=(const Amount& other) {
    lines += other.lines;
    milli += other.milli;
    return *this;
  }
  friend bool operator==(const Amount&, const Amount&) = default;
};

// What a side offered, judged by what came of it.
struct SideFigures {
  double offered_milli = 0;  // mean over the time that counts
  // Order lines whose goods were not there: offered all the same, or not offered.
  Amount failed_taken, failed_avoided;
  // Order lines whose goods were there.
  Amount good_taken, good_lost;
  // Offered beyond what a count or an adjustment then showed; there, and not offered.
  Amount absent, hidden;

  SideFigures& operator+=(const SideFigures& other);
};

// A channel in a category, or (category empty in Report::channels) the whole channel.
struct FigureRow {
  std::string channel;   // empty: picks that name no order, by the best offer of any channel
  std::string category;  // of the item's path, the widest; empty: the item has none
  std::array<SideFigures, kSides> sides;
  // Order lines by their outcome; open: the log does not tell it.
  Amount failed, good, open;
  int64_t counted = 0;  // lines of counts that a figure was judged by

  FigureRow& operator+=(const FigureRow& other);
};

// What stood where in the stages, a mean over `Report::funnel_samples` moments.
struct FunnelFigures {
  double base_milli = 0;
  std::array<double, kStages> withheld_milli{};
  double sellable_milli = 0;
};
struct ChannelFunnel {
  std::string channel;
  std::array<FunnelFigures, kSides> sides;
};

// What all positions together offered at one moment.
struct SeriesPoint {
  int64_t time_ms = 0;
  std::array<std::vector<int64_t>, kSides> offered_milli;  // by Report::series_channels
};

// A key of which the two sides offered different numbers.
struct KeyDifference {
  std::string channel, store, sku, name;
  double mean_milli = 0;  // new less old, over the time that counts
  // At the end of the recording.
  std::array<int64_t, kSides> sellable_milli{};
  std::string stage, rule;  // what explains it there; empty: no stage does, or they are equal
};

// Order lines of a channel that neither side's rules had when they were reserved.
struct OrdersElsewhere {
  std::string channel;  // empty: the order names none
  Amount lines;
};

struct RulesSpan {
  std::string hash;  // hexadecimal
  int64_t from_ms = 0;
};

struct Report {
  int64_t from_ms = 0, to_ms = 0;  // the time that counts, by the log's ticks
  int64_t records = 0;             // read, those that do not count included
  int32_t stores = 0;
  uint32_t positions = 0;
  std::array<std::vector<RulesSpan>, kSides> rules;
  std::vector<FigureRow> channels;  // by name
  std::vector<FigureRow> rows;      // by channel and category
  int funnel_samples = 0;
  std::vector<ChannelFunnel> funnels;
  std::vector<std::string> series_channels;
  std::vector<SeriesPoint> series;
  uint64_t keys_differing = 0;                    // at some time that counts
  std::vector<KeyDifference> differences;         // the largest first
  int64_t orders_from_before = 0;                 // picks of orders that were reserved before it
  std::vector<OrdersElsewhere> orders_elsewhere;  // by channel; in no figure
  std::vector<std::string> notes;  // what stands in the way of trusting it, in sentences
};

}  // namespace shelf
