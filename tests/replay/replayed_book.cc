#include "replay/replayed_book.h"

#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf {

SideRules Fixed(const std::string& text) {
  std::vector<RulesMessage> messages;
  return {.first = RuleSet::Load(text, messages)};
}

SideRules AsRecorded(const LogBook& book) {
  SideRules rules = Fixed(book.rules().front());
  rules.as_recorded = true;
  rules.texts = book.rules();
  return rules;
}

Report ReplayFolder(const std::string& folder, const Run& run) {
  auto info = ReadRecordingInfo(folder);
  REQUIRE(info.ok());
  ReplayPlan plan;
  plan.folder = folder;
  plan.info = *std::move(info);
  plan.rules = {Fixed(KeepBack(run.old_kept_back)), Fixed(KeepBack(run.new_kept_back))};
  plan.count_from_ms = run.count_from_ms;
  const auto report = Replay(std::move(plan));
  REQUIRE(report.ok());
  return *report;
}

Report ReplayBook(LogBook& book, const Run& run) {
  const TempDir folder;
  book.Record(folder.path(), book.Info());
  return ReplayFolder(folder.path(), run);
}

const FigureRow& RowOf(const Report& report, const std::string& channel,
                       const std::string& category) {
  for (const FigureRow& row : report.rows) {
    if (row.channel == channel && row.category == category) return row;
  }
  FAIL("no row of " << channel << ", " << category);
  throw 0;
}

Amount Of(int64_t lines, int64_t units) { return {.lines = lines, .milli = units * 1000}; }

void Open(LogBook& book) {
  book.PutStore("1");
  book.PutItem("a", "Food");
  book.PutItem("b", "Food");
  book.PutItem("c", "Tools");
  book.List("1", {{"a", 5}, {"b", 2}, {"c", 10}});
  book.Tick();
}

void TenSeconds(LogBook& book) { book.Tick(10'000); }

Report ReplayRules(LogBook& book, SideRules old_rules, SideRules new_rules) {
  const TempDir folder;
  book.Record(folder.path(), book.Info());
  auto info = ReadRecordingInfo(folder.path());
  REQUIRE(info.ok());
  ReplayPlan plan;
  plan.folder = folder.path();
  plan.info = *std::move(info);
  plan.rules = {std::move(old_rules), std::move(new_rules)};
  const auto report = Replay(std::move(plan));
  REQUIRE(report.ok());
  return *report;
}

}  // namespace shelf
