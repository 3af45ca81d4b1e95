#include "ctl/report_html.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/numbers.h"
#include "ctl/report_plot.h"
#include "ctl/report_words.h"

namespace shelf::ctl {
namespace {

constexpr size_t kDifferencesShown = 50;

constexpr char kStyle[] = R"(
:root { color-scheme: light dark; --page: #fff; --text: #1c1f23; --quiet: #5d666f; --line: #d8dde2;
  --old: #6b7785; --new: #1668b8; --better: #1a7f37; --worse: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --text: #e6e9ec; --quiet: #9aa4ad;
  --line: #343b42; --old: #98a3ae; --new: #5aa9f0; --better: #56c271; --worse: #ff8a80; } }
@media print { :root { color-scheme: light; --page: #fff; --text: #000; --quiet: #444; --line: #bbb;
  --old: #777; --new: #004a94; --better: #005a1f; --worse: #8c0f08; }
  section { break-inside: avoid; } }
body { background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif;
  margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
p, caption, .quiet { color: var(--quiet); } caption { text-align: left; padding-bottom: .3rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem .25rem 0; text-align: right;
  vertical-align: top; }
th { font-weight: 600; } .name { text-align: left; }
.better { color: var(--better); } .worse { color: var(--worse); }
svg { display: block; height: auto; width: 100%; max-width: 46rem; }
svg text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
.grid { stroke: var(--line); stroke-width: 1; }
path { fill: none; stroke-width: 2; } path.old { stroke: var(--old); stroke-dasharray: 5 3; }
path.new { stroke: var(--new); } rect.old { fill: var(--old); } rect.new { fill: var(--new); }
.key { display: inline-block; width: 1.6em; height: .6em; margin-right: .4em; }
.key.old { background: var(--old); } .key.new { background: var(--new); }
)";

using Cells = std::vector<std::string>;

std::string Cell(const std::string& text, const char* of_class = "") {
  return *of_class == '\0' ? absl::StrCat("<td>", text, "</td>")
                           : absl::StrCat("<td class=\"", of_class, "\">", text, "</td>");
}

// `names`: so many of the first columns are text.
std::string Heading(const Cells& cells, size_t names) {
  std::string row = "<thead><tr>";
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::StrAppend(&row, i < names ? "<th class=\"name\">" : "<th>", cells[i], "</th>");
  }
  return row + "</tr></thead>\n";
}

std::string TableOf(const std::string& caption, const std::string& heading,
                    const std::string& rows) {
  return absl::StrCat("<div class=\"wide\"><table><caption>", caption, "</caption>", heading,
                      "<tbody>\n", rows, "</tbody></table></div>\n");
}

const char* Judgement(const FigureLine& line) {
  if (line.sign == 0) return "";
  return (line.sign < 0) == line.less_is_better ? "better" : "worse";
}

// More or fewer units offered is neither good nor bad by itself.
const char* ClassOf(const FigureLine& line, size_t place) {
  return place == 0 ? "" : Judgement(line);
}

std::string Head(const Report& report) {
  return absl::StrCat("<h1>Two rule sets over the same log</h1>\n<p>", Escaped(SpanText(report)),
                      ". ", Grouped(report.records), " records, ", Grouped(report.stores),
                      " stores, ", Grouped(report.positions),
                      " positions.<br>\n<span class=\"key old\"></span>old rules ",
                      Escaped(RulesText(report.rules[kOldSide])),
                      " &emsp; <span class=\"key new\"></span>new rules ",
                      Escaped(RulesText(report.rules[kNewSide])), "</p>\n");
}

std::string ChannelTable(const FigureRow& row) {
  std::string rows;
  const std::vector<FigureLine> lines = LinesOf(row);
  for (size_t i = 0; i < lines.size(); ++i) {
    const FigureLine& line = lines[i];
    absl::StrAppend(
        &rows, "<tr><td class=\"name\">", line.name, "<br><span class=\"quiet\">", line.explanation,
        "</span></td>", Cell(line.values[kOldSide]), Cell(line.values[kNewSide]),
        Cell(line.change.empty() ? "&ndash;" : line.change, ClassOf(line, i)), "</tr>\n");
  }
  const std::string caption =
      absl::StrCat("Order lines: ", Grouped(row.failed.lines), " not found in full, ",
                   Grouped(row.good.lines), " found, ", Grouped(row.open.lines),
                   " of which the log does not tell. ", Grouped(row.counted), " lines of counts.");
  return TableOf(caption, Heading({"lines (units)", "old", "new", "change"}, 1), rows);
}

std::string Channels(const Report& report) {
  std::string html = "<h2>By channel</h2>\n";
  for (const FigureRow& row : report.channels) {
    absl::StrAppend(&html, "<section><h3>", Escaped(ChannelName(row)), "</h3>\n", ChannelTable(row),
                    "</section>\n");
  }
  return html;
}

std::string Courses(const Report& report) {
  std::string html;
  for (size_t c = 0; c < report.series_channels.size(); ++c) {
    if (report.series_channels[c].empty()) continue;
    const std::string plot = OfferedPlot(report, c);
    if (plot.empty()) continue;
    absl::StrAppend(&html, "<section><h3>", Escaped(report.series_channels[c]), "</h3>\n", plot,
                    "</section>\n");
  }
  return html.empty() ? html
                      : "<h2>Units offered over time</h2>\n<p>Of all positions together; dashed: "
                        "the old rules. Times are UTC.</p>\n" +
                            html;
}

std::string Stages(const Report& report) {
  if (report.funnels.empty() || report.funnel_samples == 0) return "";
  std::string html = absl::StrCat("<h2>What each stage withholds</h2>\n<p>Units, the mean of ",
                                  report.funnel_samples, " moments.</p>\n");
  for (const ChannelFunnel& funnel : report.funnels) {
    absl::StrAppend(&html, "<section><h3>", Escaped(funnel.channel), "</h3>\n", StagePlot(funnel),
                    "</section>\n");
  }
  return html;
}

std::string PairCell(const std::string& before, const std::string& after) {
  return Cell(before) + Cell(before == after ? "&ndash;" : after);
}

std::string LinesCell(const FigureRow& row, Amount SideFigures::*amount) {
  return PairCell(Grouped((row.sides[kOldSide].*amount).lines),
                  Grouped((row.sides[kNewSide].*amount).lines));
}

std::string UnitsCell(const FigureRow& row, Amount SideFigures::*amount) {
  return PairCell(Units(static_cast<double>((row.sides[kOldSide].*amount).milli)),
                  Units(static_cast<double>((row.sides[kNewSide].*amount).milli)));
}

std::string Categories(const Report& report) {
  std::string rows;
  for (const FigureRow& row : report.rows) {
    absl::StrAppend(&rows, "<tr>", Cell(Escaped(ChannelName(row)), "name"),
                    Cell(Escaped(CategoryName(row)), "name"),
                    PairCell(Units(row.sides[kOldSide].offered_milli),
                             Units(row.sides[kNewSide].offered_milli)),
                    LinesCell(row, &SideFigures::failed_taken),
                    LinesCell(row, &SideFigures::good_lost), UnitsCell(row, &SideFigures::absent),
                    UnitsCell(row, &SideFigures::hidden), "</tr>\n");
  }
  return "<h2>By channel and category</h2>\n" +
         TableOf("The old rules' figure, then the new rules' where it differs.",
                 Heading({"channel", "category", "units offered", "new", "orders not there", "new",
                          "good orders lost", "new", "units absent", "new", "units hidden", "new"},
                         2),
                 rows);
}

std::string Differences(const Report& report) {
  std::string rows;
  const size_t shown = std::min(report.differences.size(), kDifferencesShown);
  for (size_t i = 0; i < shown; ++i) {
    const KeyDifference& one = report.differences[i];
    absl::StrAppend(
        &rows, "<tr>", Cell(Escaped(one.channel), "name"), Cell(Escaped(one.store), "name"),
        Cell(Escaped(one.sku), "name"), Cell(Escaped(one.name), "name"),
        Cell(UnitsChange(one.mean_milli)),
        Cell(Units(static_cast<double>(one.sellable_milli[kOldSide]))),
        Cell(Units(static_cast<double>(one.sellable_milli[kNewSide]))),
        Cell(one.stage.empty() ? "&ndash;" : Escaped(absl::StrCat(one.stage, " ", one.rule))),
        "</tr>\n");
  }
  return "<h2>The largest differences</h2>\n" +
         TableOf(absl::StrCat(Grouped(static_cast<int64_t>(report.keys_differing)),
                              " keys differ; the ", shown, " largest by the mean over the time."),
                 Heading({"channel", "store", "SKU", "name", "mean change", "old at the end",
                          "new at the end", "stage and rule"},
                         4),
                 rows);
}

std::string Notes(const Report& report) {
  std::string items;
  for (const std::string& note : report.notes) {
    absl::StrAppend(&items, "<li>", Escaped(note), "</li>\n");
  }
  if (report.orders_from_before > 0) {
    absl::StrAppend(&items, "<li>", Grouped(report.orders_from_before),
                    " picks of orders from before the recording are in no figure.</li>\n");
  }
  const std::string elsewhere = OrdersElsewhereText(report);
  if (!elsewhere.empty()) absl::StrAppend(&items, "<li>", Escaped(elsewhere), "</li>\n");
  return absl::StrCat(
      "<h2>How to read it</h2>\n<ul>\n<li>The log is what happened under the rules of then: nobody "
      "ordered what was not offered. So orders that the new rules would have brought in addition "
      "cannot be known, and are in no figure.</li>\n<li>An order line belongs to the rules that "
      "offered at least its quantity when it was reserved.</li>\n<li>&ldquo;No order named&rdquo; "
      "are picks without a reservation: they are held against the best offer of any channel when "
      "the pick became known.</li>\n",
      items, "</ul>\n");
}

}  // namespace

std::string ReportHtml(const Report& report) {
  return absl::StrCat("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
                      "<title>Two rule sets over the same log</title>\n<style>", kStyle,
                      "</style>\n</head>\n<body>\n", Head(report), Channels(report),
                      Courses(report), Stages(report), Categories(report), Differences(report),
                      Notes(report), "</body>\n</html>\n");
}

}  // namespace shelf::ctl
