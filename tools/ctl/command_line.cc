#include "ctl/command_line.h"

#include <map>
#include <string>

#include "CLI/CLI.hpp"
#include "ctl/replay_command_line.h"
#include "ctl/rules_command_line.h"

namespace shelf::ctl {
namespace {

void AddGlobals(CLI::App& app, CommandLine& line) {
  app.require_subcommand(1);
  app.fallthrough();  // global options may also stand after the command
  app.add_option("--admin", line.common.admin, "the daemon's admin.listen")
      ->envname("SHELFD_ADMIN")
      ->capture_default_str();
  app.add_option("--state", line.common.state_dir,
                 "snapshot, rules diff, compare, record: a state folder or a backup; default: a "
                 "copy of the running daemon's");
  app.add_option("--output", line.output, "table for people, json for programs")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
}

void AddSnapshot(CLI::App& app, CommandLine& line) {
  CLI::App* const snapshot = app.add_subcommand(
      "snapshot", "all positions, channels or explanations, from a consistent checkpoint");
  snapshot->add_option("--format", line.format, "csv")
      ->check(CLI::IsMember({"csv"}))
      ->capture_default_str();
  const std::map<std::string, SnapshotWhat> whats = {{"positions", SnapshotWhat::kPositions},
                                                     {"channels", SnapshotWhat::kChannels},
                                                     {"explanations", SnapshotWhat::kExplanations}};
  snapshot
      ->add_option_function<std::string>(
          "--what", [&line, whats](const std::string& what) { line.what = whats.at(what); },
          "a row for each position, each key, or each key with its stages")
      ->check(CLI::IsMember({"positions", "channels", "explanations"}))
      ->default_str("positions");
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

void AddCompare(CLI::App& app, CommandLine& line) {
  CompareOptions& compare = line.compare;
  CLI::App* const command = app.add_subcommand(
      "compare", "what we would offer beside what another system offers on a channel, and why");
  command->add_option("--channel", compare.channel, "the channel that the feed is of")->required();
  CLI::Option* const file = command->add_option("--with", compare.feed.file.path,
                                                "its feed: CSV with store, sku, quantity, or .gz");
  command->add_option("--columns", compare.columns, "headers of the feed: store=SHOP,sku=ART,…")
      ->allow_extra_args(false);
  command->add_option("--delimiter", compare.delimiter, "a character, or tab")
      ->capture_default_str();
  command->add_flag("--decimal-comma", line.decimal_comma, "1,5 is one and a half");
  command->add_option("--with-topic", compare.topic, "its availability records on Kafka")
      ->excludes(file);
  command
      ->add_option("--config", compare.config,
                   "for the topic: the daemon's configuration; without it and --set "
                   "brokers=…, $SHELFD_BROKERS")
      ->check(CLI::ExistingFile);
  command->add_option("--set", compare.sets, "one setting of it, key=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--rules", compare.rules, "this file instead of the rules in force")
      ->check(CLI::ExistingFile);
  command->add_option("--differences", compare.differences, "a CSV file of all of them");
  command->add_option("--rejected", compare.rejected, "a CSV file of rows that make no sense");
}

void AddStop(CLI::App& app, CommandLine& line) {
  StopOptions& stop = line.stop;
  CLI::App* const command =
      app.add_subcommand("stop", "takes something off sale, whatever the rules say");
  command->require_subcommand(0, 1);
  command->add_option("--sku", stop.sku, "this item; default: every one");
  command->add_option("--store", stop.store, "in this store; default: in every one");
  command->add_option("--channel", stop.channel, "on this channel; default: on every one");
  command->add_flag("--all", stop.all, "everything, everywhere");
  CLI::Option* const span =
      command->add_option("--for", stop.span, "30m, 4h, 2d; default: until it is lifted");
  command->add_option("--until", stop.until, "a time with its zone, 2026-11-24T08:00:00+01:00")
      ->excludes(span);
  command->add_option("--why", stop.why, "needed: it stands in every explanation");
  command->add_option("--id", stop.id, "its name; default: made of time and item");
  command->add_option("--by", stop.by, "who stops it; default: the user's name");
  CLI::App* const list = command->add_subcommand("list", "what is stopped, by whom and why");
  list->add_flag("--expired", stop.expired, "also stops that let go by themselves");
  list->callback([&stop] { stop.action = "list"; });
  CLI::App* const lift = command->add_subcommand("lift", "the rules alone decide again");
  lift->add_option("ID", stop.id, "as stop list tells it")->required();
  lift->add_option("--by", stop.by, "who lifts it; default: the user's name");
  lift->callback([&stop] { stop.action = "lift"; });
}

}  // namespace

void AddCommands(CLI::App& app, CommandLine& line) {
  AddGlobals(app, line);
  CLI::App* const get = app.add_subcommand("get", "one position and its channels");
  get->add_option("STORE", line.store)->required();
  get->add_option("SKU", line.sku)->required();
  CLI::App* const explain = app.add_subcommand("explain", "how a channel's number comes about");
  explain->add_option("--channel", line.channel, "as the rules name it")->required();
  explain->add_option("--store", line.store, "its id")->required();
  explain->add_option("--sku", line.sku, "the item's")->required();
  AddPast(*explain, line);
  AddStores(app, line);
  app.add_subcommand("status", "the daemon as a whole");
  AddFunnel(app, line);
  AddTop(app, line);
  AddSnapshot(app, line);
  AddTopics(app, line);
  AddHold(app, line);
  AddRules(app, line);
  AddStop(app, line);
  AddCompare(app, line);
  AddRecord(app, line);
  AddReplay(app, line);
  app.footer(
      "Exit status: 0 done, 1 not found (topics: data would be lost), 2 wrong use, 3 no daemon or "
      "broker answers, 4 failed.");
}

}  // namespace shelf::ctl
