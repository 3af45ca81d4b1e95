// The commands of shelfctl and their options.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ctl/commands.h"
#include "ctl/compare.h"
#include "ctl/holds.h"
#include "ctl/record.h"
#include "ctl/replay_command.h"
#include "ctl/rules.h"
#include "ctl/rules_diff.h"
#include "ctl/stops.h"
#include "ctl/topics.h"

namespace CLI {
class App;
}

namespace shelf::ctl {

// What was said on it. An option that its command does not have keeps its default.
struct CommandLine {
  Common common;
  std::string output = "table";
  std::string channel, store, sku;
  std::string format = "csv";
  SnapshotWhat what = SnapshotWhat::kPositions;
  std::string file;
  std::optional<uint32_t> worst;
  double every_s = 1;
  std::optional<double> for_s;
  bool plain = false;
  bool blocks = false;
  TopicsOptions topics;
  bool apply = false;
  HoldOptions hold;
  bool diff_rules = false;
  RulesOptions rules;
  RulesDiffRequest rules_diff;
  StopOptions stop;
  CompareOptions compare;
  bool decimal_comma = false;  // compare
  RecordOptions record;
  ReplayOptions replay;
  ExplainAtOptions explain_at;  // `at` empty: as it is now
};

// Makes the commands; what `app` parses goes into `line`, which outlives it.
void AddCommands(CLI::App& app, CommandLine& line);

}  // namespace shelf::ctl
