// What a replay's figures are called, and how they read: one table for the terminal's report and
// the page.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "replay/figures.h"

namespace shelf::ctl {

// One figure of a row, old and new side by side.
struct FigureLine {
  std::string name;         // "orders that were not there"
  std::string explanation;  // one sentence
  bool less_is_better = false;
  std::array<std::string, kSides> values;
  std::string change;  // new less old, with its sign; empty: none
  int sign = 0;        // of the change
};

// All figures of a row, in their order.
std::vector<FigureLine> LinesOf(const FigureRow& row);

// "no order named" for the row of picks without one.
std::string ChannelName(const FigureRow& row);
std::string CategoryName(const FigureRow& row);

// The orders that are in no figure since their channel is in neither set, in a sentence; empty:
// none.
std::string OrdersElsewhereText(const Report& report);

// "2026-11-22 13:00:00Z to 2026-11-23 13:00:00Z, 1 d 0 h"
std::string SpanText(const Report& report);
// "3f2a91c0" or "3f2a91c0, from 2026-11-22 13:00:00Z 77aa0102"
std::string RulesText(const std::vector<RulesSpan>& rules);

// Thousandths as units: whole, or with up to three decimals below 100.
std::string Units(double milli);
std::string UnitsChange(double milli);

}  // namespace shelf::ctl
