#include "scenarios/guide.h"

#include <cctype>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace shelf {
namespace {

// Puts ticks between the rows of a story.
class StoryTeller {
 public:
  explicit StoryTeller(Scenario& story) : story_(story) {}

  // False: it expects something before anything happened.
  bool Row(const std::string& line, int number) {
    Scenario one;
    one.rows.push_back({number, "", {}});
    AddRow(line, number, one);
    const ScenarioRow& row = one.rows.back();
    if (one.rows.size() > 1) Happens(row.script, number);
    if (row.expected.empty()) return true;
    if (story_.rows.empty()) return false;
    Lines& expected = story_.rows.back().expected;
    expected.insert(expected.end(), row.expected.begin(), row.expected.end());
    return true;
  }

 private:
  void Happens(const std::string& script, int number) {
    const std::string first = script.substr(0, script.find(' '));
    if (first == "until") {
      const std::string from = std::exchange(now_, script.substr(first.size() + 1));
      return Add(from + " ticks " + now_, number);
    }
    if (std::isdigit(static_cast<unsigned char>(first[0])) == 0) return Add(script, number);
    if (first != now_) Add(first + " tick", number);
    now_ = first;
    const std::string what = script.substr(first.size() + 1);
    Add(what.starts_with("stop ") ? what : script, number);
    Add(now_ + " tick", number);
  }

  void Add(const std::string& script, int number) { story_.rows.push_back({number, script, {}}); }

  Scenario& story_;
  std::string now_;
};

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void Line(const std::string& line) {
    ++number_;
    if (line.starts_with("```")) {
      Fence(line.substr(3));
    } else if (!block_.empty()) {
      InBlock(line);
    } else if (line.starts_with("#")) {
      heading_ = line.substr(line.find_first_not_of("# "));
    }
  }

  Guide Take() { return std::move(guide_); }

 private:
  void Fence(const std::string& word) {
    block_ = block_.empty() && !word.empty() ? word : "";
    if (block_ == "yaml") guide_.rules.push_back({number_ + 1, "", ""});
    if (block_.starts_with("explain ")) Explained();
    if (block_ == "story") Story();
  }

  // The key that the block's words name.
  void Explained() {
    ExplainedKey& key = guide_.explained.emplace_back();
    key.line = number_;
    if (!guide_.stories.empty()) key.story = guide_.stories.back();
    std::istringstream words(std::exchange(block_, "explain").substr(8));
    words >> key.channel >> key.store >> key.sku;
  }

  void Story() {
    Scenario& story = guide_.stories.emplace_back();
    teller_.emplace(story);
    story.file = file_;
    story.line = number_;
    story.title = heading_;
    if (guide_.rules.empty()) {
      story.fault = "no rules stand before it";
    } else {
      story.rules = guide_.rules.back().rules;
    }
  }

  void InBlock(const std::string& line) {
    if (block_ == "yaml") {
      guide_.rules.back().rules += line + "\n";
    } else if (block_ == "explain") {
      guide_.explained.back().expected += line + "\n";
    } else if (block_ == "check") {
      guide_.rules.back().expected += line + "\n";
    } else if (block_ == "story" && !teller_->Row(line, number_)) {
      guide_.stories.back().fault = "nothing has happened yet";
    }
  }

  const std::string file_;
  int number_ = 0;
  std::string block_;  // the word of the block that is open; empty: none, or one for the reader
  std::string heading_;
  Guide guide_;
  std::optional<StoryTeller> teller_;  // of the newest story
};

}  // namespace

Guide ReadGuide(const std::filesystem::path& page) {
  std::ifstream in(page);
  Reader reader("docs/" + page.filename().string());
  for (std::string line; std::getline(in, line);) reader.Line(line);
  return reader.Take();
}

}  // namespace shelf
