#include "ctl/command_line.h"

#include <map>
#include <string>

#include "CLI/CLI.hpp"

namespace shelf::ctl {
namespace {

void AddGlobals(CLI::App& app, CommandLine& line) {
  app.require_subcommand(1);
  app.fallthrough();  // global options may also stand after the command
  app.add_option("--admin", line.common.admin, "the daemon's admin.listen")
      ->envname("SHELFD_ADMIN")
      ->capture_default_str();
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

void AddFunnel(CLI::App& app, CommandLine& line) {
  CLI::App* const funnel = app.add_subcommand(
      "funnel", "for each channel what every stage withholds, over all positions");
  funnel->add_option("--channel", line.channel, "this one only");
}

void AddStores(CLI::App& app, CommandLine& line) {
  CLI::App* const stores = app.add_subcommand("stores", "every store: lag, gaps, positions");
  stores->add_option("--worst", line.worst, "only so many, those known least far first")
      ->check(CLI::PositiveNumber);
}

void AddTop(CLI::App& app, CommandLine& line) {
  CLI::App* const top = app.add_subcommand("top", "the daemon live, until Ctrl-C");
  top->add_option("--every", line.every_s, "seconds between pictures")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  top->add_option("--for", line.for_s, "end after so many seconds; 0: one picture")
      ->check(CLI::Range(0.0, 1e6));
  top->add_flag("--plain", line.plain, "a line a picture, as when the output is no terminal");
  top->add_flag("--blocks", line.blocks, "where it would be lines: whole pictures");
}

CLI::App* AddTopicsCommand(CLI::App& topics, const std::string& name, const std::string& words,
                           CommandLine& line) {
  CLI::App* const command = topics.add_subcommand(name, words);
  command->add_option("--config", line.topics.config, "the daemon's configuration file")
      ->check(CLI::ExistingFile);
  command->add_option("--set", line.topics.sets, "one setting of it, key=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  return command;
}

void AddTopics(CLI::App& app, CommandLine& line) {
  CLI::App* const topics = app.add_subcommand("topics", "the daemon's topics: check or apply");
  topics->require_subcommand(1);
  topics->fallthrough();
  AddTopicsCommand(*topics, "check", "what about the topics would lose data", line);
  CLI::App* const apply =
      AddTopicsCommand(*topics, "apply", "makes what is missing, sets what deviates", line);
  apply->add_flag("--dry-run", line.topics.dry_run, "only says what it would do");
  apply->add_flag("--force", line.topics.force,
                  "also what may delete records that a topic holds: its cleanup.policy");
  apply->callback([&line] { line.apply = true; });
}

CLI::App* AddHoldCommand(CLI::App& hold, const std::string& name, const std::string& words,
                         CommandLine& line) {
  CLI::App* const command = hold.add_subcommand(name, words);
  command->add_option("STORE", line.hold.store)->required(name != "list");
  command->callback([&line, name] { line.hold.action = name; });
  return command;
}

void AddHold(CLI::App& app, CommandLine& line) {
  CLI::App* const hold =
      app.add_subcommand("hold", "lists that wait, since they would zero much of a store");
  hold->require_subcommand(1);
  hold->fallthrough();
  AddHoldCommand(*hold, "list", "which wait, and what they would do", line);
  const auto add_decision = [&](const char* name, const char* words) {
    CLI::App* const command = AddHoldCommand(*hold, name, words, line);
    command->add_option("--snapshot", line.hold.snapshot, "only if it is this list");
    command->add_option("--by", line.hold.by, "who decides; default: the user's name");
  };
  add_decision("release", "the list is whole: what it does not mention is zero");
  add_decision("drop", "the list is not whole: the store is asked for a new one");
}

}  // namespace

void AddCommands(CLI::App& app, CommandLine& line) {
  AddGlobals(app, line);
  CLI::App* const get = app.add_subcommand("get", "one position and its channels");
  get->add_option("STORE", line.store)->required();
  get->add_option("SKU", line.sku)->required();
  CLI::App* const explain = app.add_subcommand("explain", "how a channel's number comes about");
  explain->add_option("--channel", line.channel)->required();
  explain->add_option("--store", line.store)->required();
  explain->add_option("--sku", line.sku)->required();
  AddStores(app, line);
  app.add_subcommand("status", "the daemon as a whole");
  AddFunnel(app, line);
  AddTop(app, line);
  AddSnapshot(app, line);
  AddTopics(app, line);
  AddHold(app, line);
  app.footer(
      "Exit status: 0 done, 1 not found (topics: data would be lost), 2 wrong use, 3 no daemon or "
      "broker answers, 4 failed.");
}

}  // namespace shelf::ctl
