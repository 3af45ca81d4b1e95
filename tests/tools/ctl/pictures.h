// Figures of a daemon, as tests of `shelfctl top` see them.
#pragma once

#include <cstdint>

#include "ctl/top_figures.h"

namespace shelf::ctl {

inline constexpr int64_t kStartMs = 1'793'599'200'000;  // 2026-11-02 06:00:00 UTC

// All is well; partition time is `time_ms`, `lines` have come and twice as many numbers gone out.
inline StatusFigures FiguresAt(int64_t time_ms, int64_t lines) {
  StatusFigures figures;
  figures.incarnation = 2;
  figures.caught_up = true;
  figures.lines = lines;
  figures.published = 2 * lines;
  figures.positions = 152'424;
  figures.stores = 214;
  figures.worst_lag_ms = 3'000;
  figures.worst_store = "367";
  figures.partition_ms = {{0, time_ms}, {1, time_ms}};
  return figures;
}

// Two channels; `sold_units` of what both could sell is gone.
inline FunnelFigures FunnelAt(int64_t time_ms, int64_t sold_units) {
  ChannelFigures site;
  site.channel = "own-site";
  site.base_milli = 1'234'567'000;
  site.sellable_milli = 1'114'160'000 - sold_units * 1000;
  site.stages = {{"eligibility", 0, 0}, {"sync_lag", 407'000, 12}, {"limits", 120'000'000, 9'000}};
  site.in_stock = 110'000;
  site.out_of_stock = 42'000;
  site.ineligible = 424;
  ChannelFigures market = site;
  market.channel = "market";
  market.sellable_milli = 1'114'567'000 - sold_units * 1000;
  market.stages[1] = {"sync_lag", 0, 0};
  FunnelFigures funnel;
  funnel.time_ms = time_ms;
  funnel.channels = {site, market};
  return funnel;
}

}  // namespace shelf::ctl
