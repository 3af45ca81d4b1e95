#include "ctl/replay_command_line.h"

#include "CLI/CLI.hpp"

namespace shelf::ctl {

void AddRecord(CLI::App& app, CommandLine& line) {
  RecordOptions& record = line.record;
  CLI::App* const command =
      app.add_subcommand("record", "a stretch of the log into a folder, for replay");
  command->add_option("--out", record.out, "the folder; made")->required();
  command->add_option("--config", record.config, "the daemon's configuration file")
      ->check(CLI::ExistingFile);
  command->add_option("--set", record.sets, "one setting of it, key=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--brokers", record.brokers,
                      "instead of the configuration's; without either, $SHELFD_BROKERS");
  CLI::Option* const from = command->add_option(
      "--from", record.from, "from this time, with nothing known; 2026-11-22T13:00:00Z");
  command->add_option("--backup", record.backup, "from a backup; default: from a copy of now")
      ->excludes(from);
  CLI::Option* const span = command->add_option("--for", record.span, "so long: 30m, 4h, 2d");
  command->add_option("--until", record.until, "until this time; default: until Ctrl-C")
      ->excludes(span);
  command->add_option("--rules", record.rules, "rules that were in force; may be repeated")
      ->check(CLI::ExistingFile)
      ->take_all()
      ->allow_extra_args(false);
}

void AddReplay(CLI::App& app, CommandLine& line) {
  ReplayOptions& replay = line.replay;
  CLI::App* const command =
      app.add_subcommand("replay", "what other rules would have done on a recorded log");
  command->add_option("--from", replay.folder, "the recording")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--rules", replay.rules, "the new rules")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--old", replay.old_rules, "the old rules; default: as recorded")
      ->check(CLI::ExistingFile);
  command->add_option("--html", replay.html, "a page with plots goes there");
  command->add_option("--count-from", replay.count_from,
                      "what was before is in no figure; 2026-11-22T13:00:00Z");
}

void AddPast(CLI::App& explain, CommandLine& line) {
  CLI::Option* const recording =
      explain.add_option("--recording", line.explain_at.folder, "with --at: the recording")
          ->check(CLI::ExistingDirectory);
  CLI::Option* const at =
      explain.add_option("--at", line.explain_at.at, "as it was then; 2026-11-22T13:00:00Z")
          ->needs(recording);
  recording->needs(at);
}

}  // namespace shelf::ctl
