#include <sstream>
#include <string>
#include <vector>

#include "ctl/report_html.h"
#include "ctl/report_json.h"
#include "ctl/report_plot.h"
#include "ctl/report_text.h"
#include "ctl/report_words.h"
#include "ctl/when.h"
#include "support/catch.h"

namespace shelf::ctl {
namespace {

Report SmallReport() {
  Report report;
  report.from_ms = 1'793'599'200'000;
  report.to_ms = report.from_ms + 7'200'000;
  report.records = 12'345;
  report.stores = 2;
  report.positions = 40;
  report.rules[kOldSide] = {{.hash = "aaaaaaaaaaaa", .from_ms = report.from_ms}};
  report.rules[kNewSide] = {{.hash = "bbbbbbbbbbbb", .from_ms = report.from_ms}};
  FigureRow row;
  row.channel = "site <& co>";
  row.category = "Food";
  row.sides[kOldSide].offered_milli = 200'000;
  row.sides[kNewSide].offered_milli = 150'500;
  row.sides[kOldSide].failed_taken = {.lines = 3, .milli = 4000};
  row.sides[kNewSide].failed_taken = {.lines = 1, .milli = 1000};
  row.sides[kNewSide].failed_avoided = {.lines = 2, .milli = 3000};
  row.sides[kNewSide].good_lost = {.lines = 5, .milli = 5000};
  row.failed = {.lines = 3, .milli = 4000};
  report.rows = {row};
  row.category.clear();
  report.channels = {row};
  report.series_channels = {"", "site <& co>"};
  report.series = {{.time_ms = report.from_ms, .offered_milli = {{{0, 200'000}, {0, 150'000}}}},
                   {.time_ms = report.to_ms, .offered_milli = {{{0, 210'000}, {0, 151'000}}}}};
  report.funnel_samples = 12;
  ChannelFunnel funnel;
  funnel.channel = "site <& co>";
  funnel.sides[kOldSide].base_milli = funnel.sides[kNewSide].base_milli = 300'000;
  funnel.sides[kNewSide].withheld_milli[static_cast<size_t>(Stage::kSafetyStock)] = 149'500;
  report.funnels = {funnel};
  report.keys_differing = 1;
  KeyDifference difference;
  difference.channel = "site <& co>";
  difference.sku = "<script>alert(1)</script>";
  difference.mean_milli = -1500;
  difference.stage = "safety_stock";
  difference.rule = "wary";
  report.differences = {difference};
  report.notes = {"events-00000.zst: it is cut off"};
  return report;
}

const FigureLine& LineNamed(const std::vector<FigureLine>& lines, const std::string& name) {
  for (const FigureLine& line : lines) {
    if (line.name == name) return line;
  }
  FAIL("no figure " << name);
  return lines.front();
}

TEST_CASE("A figure reads old, new and the change between them") {
  const std::vector<FigureLine> lines = LinesOf(SmallReport().rows[0]);
  const FigureLine& offered = LineNamed(lines, "units offered");
  CHECK(offered.values[kOldSide] == "200");
  CHECK(offered.change == "-49.5 (-24.8 %)");
  const FigureLine& failed = LineNamed(lines, "orders that were not there");
  CHECK(failed.values[kOldSide] == "3 (4)");
  CHECK(failed.values[kNewSide] == "1 (1)");
  CHECK(failed.change == "-2 (-3)");
  CHECK(failed.sign == -1);
  CHECK(failed.less_is_better);
  CHECK(LineNamed(lines, "units hidden").change.empty());
}

TEST_CASE("The page stands alone: nothing is fetched, and names are text, not tags") {
  const std::string html = ReportHtml(SmallReport());
  for (const char* foreign : {"<script", "http:", "https:", "<link", "src=", "url(", "@import"}) {
    CAPTURE(foreign);
    CHECK(html.find(foreign) == std::string::npos);
  }
  CHECK(html.find("site &lt;&amp; co&gt;") != std::string::npos);
  CHECK(html.find("&lt;script&gt;alert(1)") != std::string::npos);
  CHECK(html.find("prefers-color-scheme: dark") != std::string::npos);
  CHECK(html.find("@media print") != std::string::npos);
  CHECK(html.find("it is cut off") != std::string::npos);
}

TEST_CASE("The page, the table and the JSON are the same bytes each time") {
  CHECK(ReportHtml(SmallReport()) == ReportHtml(SmallReport()));
  CHECK(ReportJson(SmallReport()).dump() == ReportJson(SmallReport()).dump());
}

TEST_CASE("The course is drawn in steps from zero to a round number") {
  const std::string svg = OfferedPlot(SmallReport(), 1);
  CHECK(svg.find(">500<") != std::string::npos);
  CHECK(svg.find("class=\"old\" d=\"M64.0") != std::string::npos);
  CHECK(RoundUp(0) == 1);
  CHECK(RoundUp(200) == 200);
  CHECK(RoundUp(201) == 500);
  CHECK(RoundUp(999) == 1000);
}

TEST_CASE("A report that nothing was counted for is a page all the same") {
  const std::string html = ReportHtml(Report{});
  CHECK(html.find("</html>") != std::string::npos);
  CHECK(html.find("<svg") == std::string::npos);
}

TEST_CASE("The terminal's report leaves out what neither side has") {
  std::ostringstream out;
  WriteReport(SmallReport(), out);
  CHECK(out.str().find("orders that would not have been there") != std::string::npos);
  CHECK(out.str().find("stock that turned out absent") == std::string::npos);
  CHECK(out.str().find("note: events-00000.zst") != std::string::npos);
}

TEST_CASE(
    "Orders that neither rule set could have taken are told by channel, as text, page and JSON") {
  Report report = SmallReport();
  report.orders_elsewhere = {{.channel = "", .lines = {.lines = 1, .milli = 1000}},
                             {.channel = "<phone>", .lines = {.lines = 2, .milli = 3500}}};
  const std::string words = "Orders of channels that neither rule set has are in no figure: ";
  std::ostringstream out;
  WriteReport(report, out);
  CHECK(out.str().find(words + "none named 1 (1), <phone> 2 (3.5).\n") != std::string::npos);
  CHECK(ReportHtml(report).find(words + "none named 1 (1), &lt;phone&gt; 2 (3.5).</li>") !=
        std::string::npos);
  CHECK(
      ReportJson(report).at("orders_elsewhere").dump() ==
      R"([{"lines":1,"milli":1000,"channel":null},{"lines":2,"milli":3500,"channel":"<phone>"}])");
  CHECK(OrdersElsewhereText(SmallReport()).empty());
}

TEST_CASE("An instant needs its zone, a span its unit") {
  CHECK(ParseInstantMs("--at", "2026-11-02T06:00:00Z").value() == 1'793'599'200'000);
  CHECK(ParseInstantMs("--at", "2026-11-02 07:00:00+01:00").value() == 1'793'599'200'000);
  CHECK(ParseInstantMs("--at", "1793599200000").value() == 1'793'599'200'000);
  CHECK_FALSE(ParseInstantMs("--at", "2026-11-02T06:00:00").ok());
  CHECK_FALSE(ParseInstantMs("--at", "yesterday").ok());
  CHECK(ParseSpanMs("--for", "2d").value() == 172'800'000);
  CHECK_FALSE(ParseSpanMs("--for", "2").ok());
}

}  // namespace
}  // namespace shelf::ctl
