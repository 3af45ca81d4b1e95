// A scenario through `shelfd pipe`, line by line.
#include <fstream>
#include <sstream>
#include <streambuf>

#include "app/pipe.h"
#include "base/check.h"
#include "scenarios/behaviour.h"
#include "scenarios/daemon_play.h"
#include "scenarios/said.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

// Hands the pipe its input row by row, and notes how much it had written when it asked for more.
class RowByRow : public std::streambuf {
 public:
  RowByRow(Lines input, std::ostringstream& out) : input_(std::move(input)), out_(out) {}

  // Where the output of each row begins; and of what comes at the end of input.
  const std::vector<size_t>& begins() const { return begins_; }

 protected:
  int_type underflow() override {
    while (begins_.size() < input_.size()) {
      begins_.push_back(static_cast<size_t>(out_.tellp()));
      std::string& row = input_[begins_.size() - 1];
      if (row.empty()) continue;
      setg(row.data(), row.data(), row.data() + row.size());
      return traits_type::to_int_type(row.front());
    }
    if (begins_.size() == input_.size()) begins_.push_back(static_cast<size_t>(out_.tellp()));
    return traits_type::eof();
  }

 private:
  Lines input_;
  std::ostringstream& out_;
  std::vector<size_t> begins_;
};

Lines ScriptOf(const Scenario& scenario) {
  Lines script;
  for (const ScenarioRow& row : scenario.rows) script.push_back(row.script);
  return script;
}

// What is said at the end of input counts for the last row.
std::vector<Lines> ThroughPipe(const Scenario& scenario) {
  const TempDir folder;
  const std::string rules = folder.Inside("rules.yaml");
  std::ofstream(rules) << scenario.rules;
  std::ostringstream out, err;
  RowByRow rows(InputByLine(ScriptOf(scenario)), out);
  std::istream in(&rows);
  const int exit = RunPipe({.rules_path = rules}, in, out, err);
  SHELF_CHECK(exit == 0, err.str().c_str());
  const std::string written = out.str();
  Sayings sayings(scenario.watch);
  std::vector<Lines> said;
  for (size_t i = 0; i < scenario.rows.size(); ++i) {
    const bool last = i + 1 == scenario.rows.size();
    const size_t from = rows.begins()[i];
    const size_t to = last ? written.size() : rows.begins()[i + 1];
    std::istringstream lines(written.substr(from, to - from));
    Lines& here = said.emplace_back();
    for (std::string line; std::getline(lines, line);) {
      sayings.Add(nlohmann::json::parse(line), IsLong(scenario.rows[i]), here);
    }
  }
  return said;
}

bool HasDaemon(const Scenario& scenario) {
  for (const ScenarioRow& row : scenario.rows) {
    if (row.script.rfind("daemon ", 0) == 0 || row.script.find(" daemon ") != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Lines> PlayScenario(const Scenario& scenario) {
  return HasDaemon(scenario) ? ThroughDaemon(scenario) : ThroughPipe(scenario);
}

}  // namespace shelf
