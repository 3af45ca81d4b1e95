// The plots of a replay's page, as inline SVG. Colours and sizes of text come from the page's style
// (classes "old", "new", "grid", "axis"), so that they follow light, dark and print.
// Pure: the same figures give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "replay/figures.h"

namespace shelf::ctl {

// What a channel offered over time, two lines from zero up. Empty: fewer than two points.
std::string OfferedPlot(const Report& report, size_t channel);

// For each stage that withholds anything on either side a pair of bars, to the scale of the base.
std::string StagePlot(const ChannelFunnel& funnel);

// The least 1, 2 or 5 times a power of ten that is not below `value`; 1 for 0 and less.
double RoundUp(double value);

// `text` where HTML is expected: & < > " ' as entities.
std::string Escaped(const std::string& text);

}  // namespace shelf::ctl
