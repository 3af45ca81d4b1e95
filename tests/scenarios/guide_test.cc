// docs/rules.md says what is so.
#include "scenarios/guide.h"

#include <algorithm>
#include <string>
#include <vector>

#include "rules/rule_set.h"
#include "support/catch.h"

using namespace shelf;

namespace {

Guide RulesGuide() { return ReadGuide(std::filesystem::path(SHELF_DOCS) / "rules.md"); }

std::string MessagesOf(const std::string& rules) {
  std::vector<RulesMessage> messages;
  RuleSet::Load(rules, messages);
  std::string text;
  for (const RulesMessage& message : messages) {
    text += std::to_string(message.line) + ":" + std::to_string(message.column) + ": " +
            (message.warning ? "warning: " : "error: ") + message.text + "\n";
  }
  return text;
}

}  // namespace

// In which order a moment's numbers go out is not what the guide is about.
TEST_CASE("each story of the guide to rules ends with the numbers that it names", "[guide]") {
  const Guide guide = RulesGuide();
  CHECK(guide.stories.size() >= 15);
  for (Scenario story : guide.stories) {
    CAPTURE(story.title, story.line);
    CHECK(story.fault.empty());
    CHECK_FALSE(story.rows.empty());
    std::vector<Lines> said = PlayScenario(story);
    for (Lines& lines : said) std::sort(lines.begin(), lines.end());
    for (ScenarioRow& row : story.rows) std::sort(row.expected.begin(), row.expected.end());
    const std::string difference = DifferenceOf(story, said);
    CHECK(difference.empty());
    if (!difference.empty()) WARN("- written, not said; + said, not written\n" << difference);
  }
}

TEST_CASE("each rules file of the guide is checked as it shows", "[guide]") {
  for (const CheckedRules& checked : RulesGuide().rules) {
    CAPTURE(checked.line);
    CHECK(MessagesOf(checked.rules) == checked.expected);
  }
}
