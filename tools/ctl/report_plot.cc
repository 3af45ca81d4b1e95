#include "ctl/report_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ctl/numbers.h"
#include "ctl/report_words.h"

namespace shelf::ctl {
namespace {

// In the SVG's own units; the page scales it to its column.
constexpr double kWidth = 720, kHeight = 220;
constexpr double kLeft = 64, kRight = 12, kTop = 12, kBottom = 28;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kPlotHeight = kHeight - kTop - kBottom;
constexpr int kGridLines = 4;
constexpr double kBarsLeft = 120, kBarHeight = 9, kPairHeight = 30, kBarsRight = 90;

constexpr std::array<const char*, kSides> kClasses = {"old", "new"};

struct Scale {
  int64_t from_ms, to_ms;
  double top_milli;

  double X(int64_t time_ms) const {
    const auto span = static_cast<double>(std::max<int64_t>(1, to_ms - from_ms));
    return kLeft + kPlotWidth * static_cast<double>(time_ms - from_ms) / span;
  }
  double Y(double milli) const { return kTop + kPlotHeight * (1 - milli / top_milli); }
};

std::string Label(double x, double y, const char* anchor, const std::string& text) {
  return absl::StrFormat(R"(<text class="axis" x="%.1f" y="%.1f" text-anchor="%s">%s</text>)", x, y,
                         anchor, Escaped(text));
}

// As much as tells neighbouring times apart: seconds, hours or days.
std::string TimeLabel(int64_t time_ms, int64_t span_ms) {
  const std::string full = DayAndTime(time_ms);
  if (span_ms <= int64_t{10} * 60'000) return full.substr(11, 8);
  return span_ms <= int64_t{48} * 3'600'000 ? full.substr(5, 11) : full.substr(5, 5);
}

std::string Grid(const Scale& scale) {
  std::string svg;
  for (int i = 0; i <= kGridLines; ++i) {
    const double milli = scale.top_milli * i / kGridLines;
    const double y = scale.Y(milli);
    absl::StrAppendFormat(&svg, R"(<line class="grid" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>)",
                          kLeft, y, kWidth - kRight, y);
    svg += Label(kLeft - 6, y + 4, "end", Units(milli));
  }
  for (int i = 0; i <= kGridLines; ++i) {
    const int64_t span_ms = scale.to_ms - scale.from_ms;
    const int64_t time_ms = scale.from_ms + span_ms * i / kGridLines;
    const char* const anchor = i == 0 ? "start" : i == kGridLines ? "end" : "middle";
    svg += Label(scale.X(time_ms), kHeight - 8, anchor, TimeLabel(time_ms, span_ms));
  }
  return svg;
}

int64_t OfferedAt(const SeriesPoint& point, size_t side, size_t channel) {
  const std::vector<int64_t>& offered = point.offered_milli[side];
  return channel < offered.size() ? offered[channel] : 0;
}

// A number holds until the next one: steps, not slopes.
std::string Steps(const Report& report, size_t side, size_t channel, const Scale& scale) {
  std::string path;
  for (const SeriesPoint& point : report.series) {
    const double x = scale.X(point.time_ms);
    const double y = scale.Y(static_cast<double>(OfferedAt(point, side, channel)));
    if (path.empty()) {
      absl::StrAppendFormat(&path, "M%.1f %.1f", x, y);
    } else {
      absl::StrAppendFormat(&path, "H%.1fV%.1f", x, y);
    }
  }
  return absl::StrFormat(R"(<path class="%s" d="%s"/>)", kClasses[side], path);
}

std::string Open(double height, const std::string& title) {
  return absl::StrFormat(R"(<svg viewBox="0 0 %.0f %.0f" role="img"><title>%s</title>)", kWidth,
                         height, Escaped(title));
}

std::string Bar(double y, size_t side, double width, const std::string& value) {
  return absl::StrFormat(R"(<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>)",
                         kClasses[side], kBarsLeft, y, width, kBarHeight) +
         Label(kBarsLeft + width + 6, y + kBarHeight - 1, "start", value);
}

struct StagePair {
  std::string name;
  std::array<double, kSides> milli;
};

std::vector<StagePair> PairsOf(const ChannelFunnel& funnel) {
  const auto& [before, after] = funnel.sides;
  std::vector<StagePair> pairs = {{"base", {before.base_milli, after.base_milli}}};
  for (size_t stage = 0; stage < kStages; ++stage) {
    const std::array<double, kSides> withheld = {before.withheld_milli[stage],
                                                 after.withheld_milli[stage]};
    if (withheld[0] == 0 && withheld[1] == 0) continue;
    pairs.push_back({"- " + std::string(StageName(static_cast<Stage>(stage))), withheld});
  }
  pairs.push_back({"= sellable", {before.sellable_milli, after.sellable_milli}});
  return pairs;
}

}  // namespace

double RoundUp(double value) {
  if (value <= 1) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (value <= times * power) return times * power;
  }
  return 10 * power;
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string OfferedPlot(const Report& report, size_t channel) {
  if (report.series.size() < 2) return "";
  int64_t most = 0;
  for (const SeriesPoint& point : report.series) {
    for (size_t s = 0; s < kSides; ++s) most = std::max(most, OfferedAt(point, s, channel));
  }
  const Scale scale{.from_ms = report.series.front().time_ms,
                    .to_ms = report.series.back().time_ms,
                    .top_milli = 1000 * RoundUp(static_cast<double>(most) / 1000)};
  std::string svg =
      Open(kHeight, "units offered on channel " + report.series_channels[channel] + " over time");
  svg += Grid(scale);
  for (size_t s = 0; s < kSides; ++s) svg += Steps(report, s, channel, scale);
  return svg + "</svg>";
}

std::string StagePlot(const ChannelFunnel& funnel) {
  const std::vector<StagePair> pairs = PairsOf(funnel);
  double most = 1;
  for (const StagePair& pair : pairs) most = std::max({most, pair.milli[0], pair.milli[1]});
  const double width = kWidth - kBarsLeft - kBarsRight;
  std::string svg = Open(kPairHeight * static_cast<double>(pairs.size()),
                         "what each stage withholds on channel " + funnel.channel);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double y = kPairHeight * static_cast<double>(i) + 4;
    svg += Label(kBarsLeft - 8, y + kBarHeight + 4, "end", pairs[i].name);
    for (size_t s = 0; s < kSides; ++s) {
      const double at = y + static_cast<double>(s) * (kBarHeight + 2);
      svg += Bar(at, s, width * pairs[i].milli[s] / most, Units(pairs[i].milli[s]));
    }
  }
  return svg + "</svg>";
}

}  // namespace shelf::ctl
