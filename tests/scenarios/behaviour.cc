#include "scenarios/behaviour.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace shelf {
namespace {

constexpr char kPlainRules[] = "version: 1\nchannels:\n  site: {}\n";
constexpr size_t kIndent = 4;

std::string Trimmed(const std::string& text) {
  const size_t from = text.find_first_not_of(" \t");
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

bool IsIndented(const std::string& line) {
  return line.size() > kIndent && line.find_first_not_of(' ') >= kIndent;
}

// Reads a chapter line by line.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void Line(const std::string& line) {
    ++number_;
    if (line.rfind("## ", 0) == 0) return Begin(line.substr(3));
    if (IsIndented(line)) return Indented(line);
    if (Trimmed(line).empty()) return;
    rules_being_read_.clear();
    Word(line);
  }

  std::vector<Scenario> Take() {
    End();
    return std::move(scenarios_);
  }

 private:
  void Begin(const std::string& title) {
    End();
    Scenario& scenario = scenarios_.emplace_back();
    scenario.file = file_;
    scenario.line = number_;
    scenario.title = title;
    scenario.rules = kPlainRules;
  }

  // What is wrong is said by the scenario where it stands.
  void End() {
    if (scenarios_.empty()) return;
    if (scenarios_.back().rows.empty()) Fault("it has no table");
  }

  void Fault(const std::string& what) {
    if (scenarios_.empty()) Begin("the head of " + file_ + " can be read");
    std::string& fault = scenarios_.back().fault;
    if (fault.empty()) fault = file_ + ":" + std::to_string(number_) + ": " + what;
  }

  void Word(const std::string& line) {
    if (line.rfind("rules ", 0) == 0 && line.back() == ':') {
      rules_being_read_ = line.substr(6, line.size() - 7);
      named_rules_[rules_being_read_].clear();
    } else if (line.rfind("rules: ", 0) == 0) {
      const auto named = named_rules_.find(line.substr(7));
      if (named == named_rules_.end()) return Fault("the chapter has no such rules");
      if (!scenarios_.empty()) scenarios_.back().rules = named->second;
    } else if (line.rfind("watch: ", 0) == 0 && !scenarios_.empty()) {
      scenarios_.back().watch = line.substr(7);
    }
  }

  void Indented(const std::string& line) {
    if (!rules_being_read_.empty()) {
      named_rules_[rules_being_read_] += line.substr(kIndent) + "\n";
    } else if (scenarios_.empty()) {
      Fault("a table without a scenario");
    } else {
      Row(line);
    }
  }

  void Row(const std::string& line) {
    if (!AddRow(line, number_, scenarios_.back())) Fault("nothing has happened yet");
  }

  const std::string file_;
  int number_ = 0;
  std::vector<Scenario> scenarios_;
  std::map<std::string, std::string> named_rules_;
  std::string rules_being_read_;
};

// `lines` that `others` has not, one for one, each with `mark`.
void AddMissing(const Lines& lines, Lines others, const char* mark, std::ostream& out) {
  for (const std::string& line : lines) {
    const auto same = std::find(others.begin(), others.end(), line);
    if (same != others.end()) {
      others.erase(same);
    } else {
      out << "    " << mark << line << "\n";
    }
  }
}

}  // namespace

bool AddRow(const std::string& text, int number, Scenario& scenario) {
  const std::string line = text.substr(0, text.find('#'));
  const size_t arrow = line.find("=>");
  const std::string script = Trimmed(line.substr(0, arrow));
  if (!script.empty()) scenario.rows.push_back({number, script, {}});
  if (arrow == std::string::npos) return true;
  if (scenario.rows.empty()) return false;
  const std::string expected = Trimmed(line.substr(arrow + 2));
  if (expected != "nothing") scenario.rows.back().expected.push_back(expected);
  return true;
}

std::vector<Scenario> ReadChapter(const std::filesystem::path& file) {
  std::ifstream in(file);
  Reader reader("tests/scenarios/behaviour/" + file.filename().string());
  for (std::string line; std::getline(in, line);) reader.Line(line);
  return reader.Take();
}

std::string DifferenceOf(const Scenario& scenario, const std::vector<Lines>& said) {
  std::ostringstream out;
  for (size_t i = 0; i < scenario.rows.size(); ++i) {
    const ScenarioRow& row = scenario.rows[i];
    if (row.expected == said[i]) continue;
    out << scenario.file << ":" << row.line << ": " << row.script << "\n";
    std::ostringstream lines;
    AddMissing(row.expected, said[i], "- ", lines);
    AddMissing(said[i], row.expected, "+ ", lines);
    if (lines.str().empty()) {
      lines << "    in another order:\n";
      for (const std::string& line : said[i]) lines << "      " << line << "\n";
    }
    out << lines.str();
  }
  return out.str();
}

}  // namespace shelf
