#include "ctl/rules_command_line.h"

#include "CLI/CLI.hpp"

namespace shelf::ctl {
namespace {

void AddDiff(CLI::App& rules, CommandLine& line) {
  RulesDiffRequest& diff = line.rules_diff;
  CLI::App* const command =
      rules.add_subcommand("diff", "what a rules file would change, over a copy of the state");
  command->add_option("FILE", diff.rules, "the rules to try")->required();
  command->add_option("--old", diff.old_rules,
                      "against the rules of this file; default: those in force");
  command->add_option("--channel", diff.channels, "this one only; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--top", diff.top, "so many of the largest changes, categories and stores")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command->add_option("--category-depth", diff.category_depth, "levels of a category's path")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--file", diff.changes, "every change into this CSV file");
  command->callback([&line] { line.diff_rules = true; });
}

CLI::App* AddAction(CLI::App& rules, const std::string& name, const std::string& words,
                    CommandLine& line) {
  CLI::App* const command = rules.add_subcommand(name, words);
  command->callback([&line, name] { line.rules.action = name; });
  return command;
}

void AddApply(CLI::App& rules, CommandLine& line) {
  CLI::App* const apply = AddAction(rules, "apply", "brings other rules into force", line);
  apply->add_option("FILE", line.rules.file, "default: the daemon reads its own file again");
  apply->add_flag("--force", line.rules.force, "also when much would be set to zero");
  apply->add_option("--by", line.rules.by, "who decides; default: the user's name");
}

}  // namespace

void AddRules(CLI::App& app, CommandLine& line) {
  CLI::App* const rules = app.add_subcommand("rules", "the rules: in force, before, to come");
  rules->require_subcommand(1);
  rules->fallthrough();
  AddAction(*rules, "show", "what is in force where, since when and by whom", line);
  AddDiff(*rules, line);
  AddApply(*rules, line);
  AddAction(*rules, "history", "the rules that were in force before", line);
  AddAction(*rules, "text", "the text of rules", line)
      ->add_option("HASH", line.rules.hash, "or how it begins; default: the newest");
}

}  // namespace shelf::ctl
