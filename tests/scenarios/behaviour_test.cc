// Each scenario of behaviour/*.md is a test of its own, named by its sentence.
#include "scenarios/behaviour.h"

#include <algorithm>
#include <deque>

#include "support/catch.h"

namespace shelf {
namespace {

class ScenarioTest : public Catch::ITestInvoker {
 public:
  explicit ScenarioTest(const Scenario* scenario) : scenario_(scenario) {}

  void invoke() const override {
    if (!scenario_->fault.empty()) FAIL(scenario_->fault);
    const std::string difference = DifferenceOf(*scenario_, PlayScenario(*scenario_));
    if (difference.empty()) {
      SUCCEED();
    } else {
      FAIL_CHECK("- expected, not said; + said, not expected\n" << difference);
    }
  }

 private:
  const Scenario* const scenario_;
};

// Registers what the chapters hold before main begins to run tests.
class Chapters {
 public:
  Chapters() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(SHELF_BEHAVIOUR)) {
      if (entry.path().extension() == ".md") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      for (Scenario& scenario : ReadChapter(file)) Register(std::move(scenario));
    }
  }

 private:
  void Register(Scenario read) {
    const Scenario& scenario = scenarios_.emplace_back(std::move(read));
    const Catch::SourceLineInfo place(scenario.file.c_str(), static_cast<size_t>(scenario.line));
    const Catch::NameAndTags name{scenario.title, "[behaviour]"};
#ifdef CATCH_VERSION_MAJOR
#if CATCH_VERSION_MAJOR >= 3
    Catch::AutoReg(Catch::Detail::make_unique<ScenarioTest>(&scenario), place, Catch::StringRef(),
                   name);
#else
    Catch::AutoReg(new ScenarioTest(&scenario), place, Catch::StringRef(), name);
#endif
#endif
  }

  std::deque<Scenario> scenarios_;  // tests borrow them
};

const Chapters kChapters;

}  // namespace
}  // namespace shelf
