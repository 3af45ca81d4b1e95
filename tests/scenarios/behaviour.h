// Scenarios as chapters of text: what stores, operators and time do, and beside each line what is
// said because of it. docs/behaviour.md is made from the same files.
//
//   # Chapter                      prose until the first scenario is for the reader of the page
//   rules NAME:                    a rules file that scenarios of the chapter may name, indented
//   ## Scenario                    one sentence; then why, in prose
//   proves: 4.1, 4.2               the sentences of sentences.txt that it shows
//   rules: NAME                    left out: one channel `site` without rules
//   watch: frozen | beacons | services  left out: what `locations` says is passed over
//       LINE => SAID # remark      indented: a line of script.h, and what is said before the next
//                                  one; more of it on lines of their own that begin with =>
//
// What is said must be expected, all of it, in its order and at its place:
//
//   => site/1/A 4 [limited]                    a record of availability
//   => site/1/A 4 = 9 - 5 safety_stock         of a channel with `trace: true`
//   => request resend 1/erp 4-4                also snapshot, count 1/scan A B, from epoch 2
//   => reject future_time
//   => frozen site/1, => free site/1           watch: frozen, when it changes
//   => beacon site/1 through 06:00:00 [frozen] watch: beacons
//   => services site/1 collect 10:30:00        watch: services; when an order placed now is ready
//   => nothing                                 the same as no expectation, for the eye
//
// After `ticks` and `daemon` lines each begins with its time, since many moments pass there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/script.h"

namespace shelf {

struct ScenarioRow {
  int line = 0;        // in the file, from 1
  std::string script;  // without the remark
  Lines expected;
};

struct Scenario {
  std::string file;
  int line = 0;
  std::string title;
  std::string rules;  // YAML
  std::string watch;
  std::vector<ScenarioRow> rows;
  std::string fault;  // what is wrong with its text; empty: nothing
};

// Adds a line of a table, `number` in its file. False: it expects something before anything
// happened.
bool AddRow(const std::string& text, int number, Scenario& scenario);

// Reads a chapter. What cannot be read comes as a scenario with a fault.
std::vector<Scenario> ReadChapter(const std::filesystem::path& file);

// What is said after each row.
std::vector<Lines> PlayScenario(const Scenario& scenario);

// The rows where `said` is not what is expected, as text to read: place, row, "- " what was not
// said, "+ " what was not expected. Empty: as expected.
std::string DifferenceOf(const Scenario& scenario, const std::vector<Lines>& said);

}  // namespace shelf
