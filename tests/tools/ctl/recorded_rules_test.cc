// The rule sets of a recording, the built-in one among them.
#include "ctl/recorded_rules.h"

#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "ctl/rules_texts.h"
#include "replay/replayed_book.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf::ctl {
namespace {

std::string BuiltIn() { return std::string(RuleSet::DefaultText()); }

// The rules of the book's ticks from its recording, replayed on the old side.
Report ReplayAsRecorded(LogBook& book) {
  const TempDir folder;
  const RecordingInfo info = book.Record(folder.path(), book.Info());
  std::filesystem::remove(RulesFileOf(folder.path(), RuleSet::Default()->hash()));
  auto rules = RulesAsRecorded(folder.path(), info);
  REQUIRE(rules.ok());
  return ReplayRules(book, *std::move(rules), Fixed(BuiltIn()));
}

TEST_CASE("Built-in rules that come into force in a recording are replayed", "[ctl]") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  book.SwitchRules(BuiltIn());
  TenSeconds(book);
  TenSeconds(book);
  const Report report = ReplayAsRecorded(book);
  const std::vector<RulesSpan>& spans = report.rules[kOldSide];
  REQUIRE(spans.size() == 2);
  CHECK(spans[1].hash == absl::BytesToHexString(RuleSet::Default()->hash()));
  // The channel "default" is offered what there is.
  CHECK(RowOf(report, "default", "Tools").sides[kOldSide].offered_milli > 0);
}

TEST_CASE("A recording under built-in rules alone needs no file of theirs", "[ctl]") {
  LogBook book(BuiltIn());
  Open(book);
  TenSeconds(book);
  const Report report = ReplayAsRecorded(book);
  CHECK(report.keys_differing == 0);
  CHECK(report.rules[kOldSide].size() == 1);
}

TEST_CASE("Everybody knows the text of the built-in rules", "[ctl]") {
  const AdminClient nobody("127.0.0.1:1");
  RulesTexts texts;
  const auto text = texts.Find(RuleSet::Default()->hash(), nobody);
  REQUIRE(text.ok());
  CHECK(*text == BuiltIn());
}

}  // namespace
}  // namespace shelf::ctl
