// Puts together what a comparison has gathered.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "replay/figures.h"
#include "replay/funnels.h"
#include "replay/judge.h"
#include "replay/labels.h"
#include "replay/offers.h"
#include "replay/recording.h"
#include "replay/side.h"

namespace shelf {

struct Gathered {
  const RecordingInfo& info;
  std::array<Side*, kSides> sides;
  Labels& labels;
  const Offers& offers;
  const Judge& judge;
  const Funnels& funnels;
  size_t differences_max = 0;
  int64_t records = 0;
  std::array<std::vector<RulesSpan>, kSides> rules;
  std::vector<SeriesPoint> series;
  std::vector<std::string> damages;
};

// All rows in the order of their names; figures of keys in the order of their size.
Report MakeReport(Gathered gathered);

}  // namespace shelf
