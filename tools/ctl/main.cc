// shelfctl: asks a running shelfd, reads its checkpoint, or sees to its topics.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "ctl/command_line.h"
#include "ctl/explain.h"
#include "ctl/screen.h"
#include "ctl/top.h"

namespace {

using namespace shelf::ctl;

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

TopOptions TopOptionsOf(const CommandLine& line) {
  TopOptions options;
  options.every = Milliseconds(line.every_s);
  if (line.for_s.has_value()) options.duration = Milliseconds(*line.for_s);
  options.redraw = !line.plain && CanRedraw(STDOUT_FILENO, std::getenv("TERM"));
  options.blocks = line.blocks;
  const char* const no_color = std::getenv("NO_COLOR");
  options.colours = no_color == nullptr || *no_color == '\0';
  return options;
}

int RunTopics(CommandLine& line, std::ostream& out, std::ostream& err) {
  line.topics.json = line.common.json;
  return line.apply ? TopicsApply(line.topics, out, err) : TopicsCheck(line.topics, out, err);
}

int RunRules(CommandLine& line, std::ostream& out, std::ostream& err) {
  if (!line.diff_rules) return Rules(line.common, line.rules, out, err);
  line.rules_diff.progress = isatty(STDERR_FILENO) == 1;
  return DiffRules(line.common, line.rules_diff, out, err);
}

int RunCompare(CommandLine& line, std::ostream& out, std::ostream& err) {
  line.compare.feed.decimal_sign = line.decimal_comma ? ',' : '.';
  return Compare(line.common, line.compare, out, err);
}

int RunExplain(CommandLine& line, std::ostream& out, std::ostream& err) {
  if (line.explain_at.folder.empty()) {
    return Explain(line.common, line.channel, line.store, line.sku, out, err);
  }
  line.explain_at.channel = line.channel;
  line.explain_at.store = line.store;
  line.explain_at.sku = line.sku;
  return ExplainAt(line.common, line.explain_at, out, err);
}

int Run(const CLI::App& app, CommandLine& line) {
  line.common.json = line.output == "json";
  std::ostream& out = std::cout;
  std::ostream& err = std::cerr;
  const std::string command = app.get_subcommands().front()->get_name();
  if (command == "get") return Get(line.common, line.store, line.sku, out, err);
  if (command == "explain") return RunExplain(line, out, err);
  if (command == "record") return Record(line.common, line.record, out, err);
  if (command == "replay") return ReplayRecording(line.common, line.replay, out, err);
  if (command == "stores") return Stores(line.common, line.worst, out, err);
  if (command == "status") return Status(line.common, out, err);
  if (command == "topics") return RunTopics(line, out, err);
  if (command == "rules") return RunRules(line, out, err);
  if (command == "hold") return Hold(line.common, line.hold, out, err);
  if (command == "compare") return RunCompare(line, out, err);
  if (command == "stop") return Stop(line.common, line.stop, out, err);
  if (command == "funnel") return Funnel(line.common, line.channel, out, err);
  if (command == "top") return Top(line.common, TopOptionsOf(line), out, err);
  return Snapshot(line.common, line.what, line.file, out, err);
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  CLI::App app("Asks a running shelfd, reads its checkpoint, or sees to its topics.", "shelfctl");
  AddCommands(app, line);
  std::ios::sync_with_stdio(false);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return Run(app, line);
}
