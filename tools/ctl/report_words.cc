#include "ctl/report_words.h"

#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ctl/numbers.h"

namespace shelf::ctl {
namespace {

constexpr size_t kShortHash = 12;  // as in rules show

struct FigureKind {
  const char* name;
  const char* explanation;
  bool less_is_better;
  Amount SideFigures::*amount;
};

// In the order of the report, behind what is offered.
constexpr std::array<FigureKind, 6> kKinds = {{
    {"orders that were not there",
     "order lines that the rules offered and the picker did not find in full", true,
     &SideFigures::failed_taken},
    {"orders that would not have been there",
     "order lines the picker did not find in full, and that the rules did not offer", false,
     &SideFigures::failed_avoided},
    {"good orders", "order lines that the rules offered and that were found or sold in full", false,
     &SideFigures::good_taken},
    {"good orders lost", "order lines that were found, and that the rules did not offer", true,
     &SideFigures::good_lost},
    {"stock that turned out absent",
     "offered beyond what a count or an adjustment then left to sell", true, &SideFigures::absent},
    {"units hidden", "what a count then showed to be there, and the rules did not offer", true,
     &SideFigures::hidden},
}};

std::string AmountText(const Amount& amount) {
  if (amount.lines == 0) return "0";
  return absl::StrCat(Grouped(amount.lines), " (", Units(static_cast<double>(amount.milli)), ")");
}

FigureLine LineOf(const FigureKind& kind, const FigureRow& row) {
  FigureLine line{.name = kind.name,
                  .explanation = kind.explanation,
                  .less_is_better = kind.less_is_better,
                  .values = {},
                  .change = {}};
  for (size_t s = 0; s < kSides; ++s) line.values[s] = AmountText(row.sides[s].*kind.amount);
  const Amount& before = row.sides[kOldSide].*kind.amount;
  const Amount& after = row.sides[kNewSide].*kind.amount;
  if (before == after) return line;
  const int64_t change = after.lines - before.lines;
  const int64_t milli = after.milli - before.milli;
  line.sign = change != 0 ? (change > 0 ? 1 : -1) : (milli > 0 ? 1 : -1);
  line.change = absl::StrCat(change > 0 ? "+" : "", Grouped(change), " (",
                             UnitsChange(static_cast<double>(milli)), ")");
  return line;
}

FigureLine OfferedLine(const FigureRow& row) {
  const double before = row.sides[kOldSide].offered_milli;
  const double after = row.sides[kNewSide].offered_milli;
  FigureLine line{.name = "units offered",
                  .explanation = "what may be bought at a moment, the mean over the time",
                  .values = {Units(before), Units(after)},
                  .change = {}};
  if (Units(before) == Units(after)) return line;
  line.sign = after > before ? 1 : -1;
  line.change = UnitsChange(after - before);
  if (before > 0) {
    absl::StrAppend(&line.change, absl::StrFormat(" (%+.1f %%)", (after - before) * 100 / before));
  }
  return line;
}

}  // namespace

std::string Units(double milli) {
  const double units = milli / 1000;
  if (std::abs(units) >= 100 || units == std::round(units)) return Grouped(std::llround(units));
  std::string text = absl::StrFormat("%.3f", units);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string UnitsChange(double milli) { return absl::StrCat(milli > 0 ? "+" : "", Units(milli)); }

std::vector<FigureLine> LinesOf(const FigureRow& row) {
  std::vector<FigureLine> lines = {OfferedLine(row)};
  for (const FigureKind& kind : kKinds) lines.push_back(LineOf(kind, row));
  return lines;
}

std::string ChannelName(const FigureRow& row) {
  return row.channel.empty() ? "no order named" : row.channel;
}

std::string CategoryName(const FigureRow& row) {
  return row.category.empty() ? "no category" : row.category;
}

std::string OrdersElsewhereText(const Report& report) {
  std::string channels;
  for (const OrdersElsewhere& one : report.orders_elsewhere) {
    absl::StrAppend(&channels, channels.empty() ? "" : ", ",
                    one.channel.empty() ? "none named" : one.channel, " ", AmountText(one.lines));
  }
  if (channels.empty()) return "";
  return absl::StrCat("Orders of channels that neither rule set has are in no figure: ", channels,
                      ".");
}

std::string SpanText(const Report& report) {
  return absl::StrCat(DayAndTime(report.from_ms), " to ", DayAndTime(report.to_ms), ", ",
                      Stretch(report.to_ms - report.from_ms));
}

std::string RulesText(const std::vector<RulesSpan>& rules) {
  std::string text;
  for (const RulesSpan& span : rules) {
    const bool first = text.empty();
    absl::StrAppend(&text, first ? "" : ", ", span.hash.substr(0, kShortHash));
    if (!first) absl::StrAppend(&text, " from ", DayAndTime(span.from_ms));
  }
  return text;
}

}  // namespace shelf::ctl
