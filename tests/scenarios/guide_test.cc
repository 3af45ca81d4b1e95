// docs/rules.md says what is so.
#include "scenarios/guide.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "app/explain.h"
#include "app/pipe_input.h"
#include "app/running_worker.h"
#include "ctl/explain.h"
#include "rules/rule_set.h"
#include "state/memory_store.h"
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

// A log of which record n is line n of a pipe's input.
ReadRecord LogOf(const Lines& lines) {
  return [&lines](const RecordPlace& place) -> absl::StatusOr<std::optional<ReadBack>> {
    const absl::StatusOr<PipeRecord> input =
        ReadPipeLine(lines.at(static_cast<size_t>(place.offset)));
    if (!input.ok()) return input.status();
    return ReadBack{.has_value = input->value.has_value(),
                    .key = input->key,
                    .value = input->value.value_or("")};
  };
}

// What `shelfctl explain` shows of a key when its story has been told to a worker.
std::string ExplanationOf(const ExplainedKey& key) {
  MemoryStore store;
  RunningWorker running(key.story.rules, &store, "rules.yaml");
  std::string script;
  for (const ScenarioRow& row : key.story.rows) script += row.script + "\n";
  std::istringstream input(InputOf(script));
  Lines log;
  for (std::string line; std::getline(input, line); log.push_back(line)) running.Take(line);
  absl::StatusOr<Explanation> explanation =
      ExplainKey(running.worker(), {key.channel, key.store, key.sku});
  REQUIRE(explanation.ok());
  std::ostringstream text;
  ctl::ShowExplanation(Complete(*std::move(explanation), &store, LogOf(log)), text);
  return text.str();
}

}  // namespace

TEST_CASE("each explanation of the guide is what shelfctl shows of that key", "[guide]") {
  const Guide guide = RulesGuide();
  CHECK_FALSE(guide.explained.empty());
  for (const ExplainedKey& key : guide.explained) {
    CAPTURE(key.line);
    CHECK(ExplanationOf(key) == key.expected);
  }
}

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
