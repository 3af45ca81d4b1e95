// The daemon's command line.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "app/backup_command.h"
#include "app/check_command.h"
#include "app/exit_codes.h"
#include "app/load.h"
#include "app/pipe.h"
#include "app/run.h"
#include "base/failpoint.h"

namespace {

struct Arguments {
  std::string config, state, rules;
  std::vector<std::string> sets;
  std::string folder;  // of a backup
  bool embedded = false;
  bool accept_loss = false;
  bool replace = false;
  bool strict = false;
};

std::optional<shelf::Config> LoadConfigOf(const Arguments& args) {
  std::vector<std::string> sets = args.sets;
  if (!args.state.empty()) sets.push_back("state_dir=" + args.state);
  return shelf::LoadConfigFile(args.config, sets);
}

int Run(const Arguments& args) {
  const auto config = LoadConfigOf(args);
  if (!config.has_value()) return shelf::kExitBadInput;
  return shelf::RunDaemon(
      {.config = *config, .embedded = args.embedded, .accept_loss = args.accept_loss});
}

int Backup(const Arguments& args) {
  const auto config = LoadConfigOf(args);
  if (!config.has_value()) return shelf::kExitBadInput;
  return shelf::RunBackup(*config, args.folder);
}

int Restore(const Arguments& args) {
  const auto config = LoadConfigOf(args);
  if (!config.has_value()) return shelf::kExitBadInput;
  return shelf::RunRestore(*config, args.folder, args.replace);
}

int Check(const Arguments& args) {
  return shelf::RunCheck(
      {.config = args.config, .sets = args.sets, .rules = args.rules, .strict = args.strict},
      std::cout, std::cerr);
}

void AddConfig(CLI::App& command, Arguments& args) {
  command.add_option("--config", args.config, "configuration file (YAML)")
      ->check(CLI::ExistingFile);
  command.add_option("--set", args.sets, "one setting, key=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
}

void AddState(CLI::App& command, Arguments& args) {
  command.add_option("--state", args.state, "state folder (same as --set state_dir=…)");
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = shelf::ArmFailpoint(std::getenv("SHELFD_FAILPOINT"))) return *code;
  CLI::App app{"shelfd: what every store may sell on every channel, now"};
  app.require_subcommand(1);
  Arguments args;
  int exit_code = 0;

  CLI::App* run = app.add_subcommand("run", "run the daemon");
  AddConfig(*run, args);
  AddState(*run, args);
  run->add_flag("--embedded", args.embedded, "bring a broker of its own, for demos and tests");
  run->add_flag("--accept-loss", args.accept_loss,
                "go on where the log no longer holds what the state needs, and ask every store "
                "concerned for a full list");
  run->callback([&] { exit_code = Run(args); });

  CLI::App* broker = app.add_subcommand("broker", "run the embedded broker alone");
  broker->add_option("--state", args.state, "the broker's folder")->required();
  broker->callback([&] { exit_code = shelf::RunBroker(args.state); });

  CLI::App* pipe = app.add_subcommand("pipe", "the loop over standard input and output");
  pipe->add_option("--rules", args.rules, "rules file; without one, a single channel 'default'");
  pipe->callback([&] {
    exit_code = shelf::RunPipe({.rules_path = args.rules}, std::cin, std::cout, std::cerr);
  });

  CLI::App* backup = app.add_subcommand("backup", "copy the state, while the daemon runs or not");
  AddConfig(*backup, args);
  AddState(*backup, args);
  backup->add_option("--to", args.folder, "the new folder")->required();
  backup->callback([&] { exit_code = Backup(args); });

  CLI::App* restore = app.add_subcommand("restore", "put a backup in the place of a lost state");
  AddConfig(*restore, args);
  AddState(*restore, args);
  restore->add_option("--from", args.folder, "the backup's folder")->required();
  restore->add_flag("--replace", args.replace, "move a state that is there aside");
  restore->callback([&] { exit_code = Restore(args); });

  CLI::App* check = app.add_subcommand("check", "validate configuration and rules");
  AddConfig(*check, args);
  check->add_option("rules,--rules", args.rules, "rules file; else the configuration's");
  check->add_flag("--strict", args.strict, "fail on warnings too");
  check->callback([&] { exit_code = Check(args); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // CLI11's way to say it; goes no further
    return app.exit(error) == 0 ? shelf::kExitOk : shelf::kExitBadInput;
  }
  return exit_code;
}
