// shelfctl: asks a running shelfd, or reads its checkpoint.
#include <iostream>
#include <map>
#include <string>

#include "CLI/CLI.hpp"
#include "ctl/commands.h"

namespace {

using namespace shelf::ctl;

struct CommandLine {
  Common common;
  std::string output = "table";
  std::string channel, store, sku;
  std::string format = "csv";
  SnapshotWhat what = SnapshotWhat::kPositions;
  std::string file;
};

void AddGlobals(CLI::App& app, CommandLine& line) {
  app.require_subcommand(1);
  app.fallthrough();  // global options may also stand after the command
  app.add_option("--admin", line.common.admin, "the daemon's admin.listen")->capture_default_str();
  app.add_option("--state", line.common.state_dir,
                 "snapshot: the state folder, a copy or a backup; default: the daemon's");
  app.add_option("--output", line.output, "table for people, json for programs")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
}

void AddSnapshot(CLI::App& app, CommandLine& line) {
  CLI::App* const snapshot =
      app.add_subcommand("snapshot", "all positions or channels, from a consistent checkpoint");
  snapshot->add_option("--format", line.format, "csv")
      ->check(CLI::IsMember({"csv"}))
      ->capture_default_str();
  const std::map<std::string, SnapshotWhat> whats = {{"positions", SnapshotWhat::kPositions},
                                                     {"channels", SnapshotWhat::kChannels}};
  snapshot->add_option("--what", line.what, "positions or channels")
      ->transform(CLI::CheckedTransformer(whats));
  snapshot->add_option("--out", line.file, "a file; default: standard output");
}

int Run(const CLI::App& app, CommandLine& line) {
  line.common.json = line.output == "json";
  std::ostream& out = std::cout;
  std::ostream& err = std::cerr;
  const std::string command = app.get_subcommands().front()->get_name();
  if (command == "get") return Get(line.common, line.store, line.sku, out, err);
  if (command == "explain") {
    return Explain(line.common, line.channel, line.store, line.sku, out, err);
  }
  if (command == "stores") return Stores(line.common, out, err);
  if (command == "status") return Status(line.common, out, err);
  return Snapshot(line.common, line.what, line.file, out, err);
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  CLI::App app("Asks a running shelfd, or reads its checkpoint.", "shelfctl");
  AddGlobals(app, line);
  CLI::App* const get = app.add_subcommand("get", "one position and its channels");
  get->add_option("STORE", line.store)->required();
  get->add_option("SKU", line.sku)->required();
  CLI::App* const explain = app.add_subcommand("explain", "how a channel's number comes about");
  explain->add_option("--channel", line.channel)->required();
  explain->add_option("--store", line.store)->required();
  explain->add_option("--sku", line.sku)->required();
  app.add_subcommand("stores", "every store: lag, gaps, positions");
  app.add_subcommand("status", "the daemon as a whole");
  AddSnapshot(app, line);
  app.footer("Exit status: 0 done, 1 not found, 2 wrong use, 3 no daemon answers, 4 failed.");
  std::ios::sync_with_stdio(false);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return Run(app, line);
}
