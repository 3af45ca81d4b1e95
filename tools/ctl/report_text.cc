#include "ctl/report_text.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "ctl/numbers.h"
#include "ctl/report_words.h"
#include "ctl/table.h"

namespace shelf::ctl {
namespace {

constexpr size_t kDifferencesShown = 20;

bool SaysNothing(const FigureLine& line) {
  return line.values[kOldSide] == "0" && line.values[kNewSide] == "0";
}

void WriteChannels(const Report& report, std::ostream& out) {
  Table table({{"CHANNEL"}, {"FIGURE"}, {"OLD", true}, {"NEW", true}, {"CHANGE", true}});
  for (const FigureRow& row : report.channels) {
    for (const FigureLine& line : LinesOf(row)) {
      if (SaysNothing(line)) continue;
      table.Add({ChannelName(row), line.name, line.values[kOldSide], line.values[kNewSide],
                 line.change.empty() ? "-" : line.change});
    }
  }
  table.Write(out);
}

std::string Pair(const std::string& before, const std::string& after) {
  return before == after ? before : absl::StrCat(before, " -> ", after);
}

std::string LinesPair(const FigureRow& row, Amount SideFigures::*amount) {
  return Pair(Grouped((row.sides[kOldSide].*amount).lines),
              Grouped((row.sides[kNewSide].*amount).lines));
}

std::string UnitsPair(const FigureRow& row, Amount SideFigures::*amount) {
  return Pair(Units(static_cast<double>((row.sides[kOldSide].*amount).milli)),
              Units(static_cast<double>((row.sides[kNewSide].*amount).milli)));
}

void WriteCategories(const Report& report, std::ostream& out) {
  Table table({{"CHANNEL"},
               {"CATEGORY"},
               {"OFFERED", true},
               {"ORDERS NOT THERE", true},
               {"GOOD ORDERS LOST", true},
               {"ABSENT", true},
               {"HIDDEN", true}});
  for (const FigureRow& row : report.rows) {
    table.Add(
        {ChannelName(row), CategoryName(row),
         Pair(Units(row.sides[kOldSide].offered_milli), Units(row.sides[kNewSide].offered_milli)),
         LinesPair(row, &SideFigures::failed_taken), LinesPair(row, &SideFigures::good_lost),
         UnitsPair(row, &SideFigures::absent), UnitsPair(row, &SideFigures::hidden)});
  }
  table.Write(out);
}

void WriteFunnels(const Report& report, std::ostream& out) {
  Table table({{"CHANNEL"}, {"STAGE"}, {"OLD", true}, {"NEW", true}, {"CHANGE", true}});
  const auto add = [&table](const std::string& channel, std::string_view stage, double before,
                            double after) {
    if (before == 0 && after == 0) return;
    table.Add({channel, std::string(stage), Units(before), Units(after),
               before == after ? "-" : UnitsChange(after - before)});
  };
  for (const ChannelFunnel& funnel : report.funnels) {
    const auto& [before, after] = funnel.sides;
    add(funnel.channel, "base", before.base_milli, after.base_milli);
    for (size_t stage = 0; stage < kStages; ++stage) {
      add(funnel.channel, StageName(static_cast<Stage>(stage)), -before.withheld_milli[stage],
          -after.withheld_milli[stage]);
    }
    add(funnel.channel, "sellable", before.sellable_milli, after.sellable_milli);
  }
  table.Write(out);
}

void WriteDifferences(const Report& report, std::ostream& out) {
  Table table({{"CHANNEL"},
               {"STORE"},
               {"SKU"},
               {"ITEM"},
               {"MEAN CHANGE", true},
               {"AT THE END", true},
               {"BECAUSE OF"}});
  const size_t shown = std::min(report.differences.size(), kDifferencesShown);
  for (size_t i = 0; i < shown; ++i) {
    const KeyDifference& one = report.differences[i];
    table.Add({one.channel, one.store, one.sku, one.name, UnitsChange(one.mean_milli),
               Pair(Units(static_cast<double>(one.sellable_milli[kOldSide])),
                    Units(static_cast<double>(one.sellable_milli[kNewSide]))),
               one.stage.empty() ? "-" : absl::StrCat(one.stage, " ", one.rule)});
  }
  table.Write(out);
}

}  // namespace

void WriteReport(const Report& report, std::ostream& out) {
  out << SpanText(report) << "; " << Grouped(report.records) << " records, "
      << Grouped(report.stores) << " stores, " << Grouped(report.positions) << " positions\n"
      << "old rules " << RulesText(report.rules[kOldSide]) << "; new rules "
      << RulesText(report.rules[kNewSide]) << "\n\n";
  WriteChannels(report, out);
  out << "\nOrders and counts: lines (units).\n\n";
  WriteCategories(report, out);
  out << "\nThe stages, the mean of " << report.funnel_samples << " moments:\n\n";
  WriteFunnels(report, out);
  out << '\n' << Grouped(static_cast<int64_t>(report.keys_differing)) << " keys differ";
  if (!report.differences.empty()) {
    out << "; the largest differences:\n\n";
    WriteDifferences(report, out);
  } else {
    out << '\n';
  }
  if (report.orders_from_before > 0) {
    out << '\n'
        << Grouped(report.orders_from_before)
        << " picks of orders from before the recording are in no figure.\n";
  }
  const std::string elsewhere = OrdersElsewhereText(report);
  if (!elsewhere.empty()) out << '\n' << elsewhere << '\n';
  for (const std::string& note : report.notes) out << "\nnote: " << note << '\n';
}

}  // namespace shelf::ctl
