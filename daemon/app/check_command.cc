#include "app/check_command.h"

#include "app/exit_codes.h"
#include "app/load.h"

namespace shelf {
namespace {

void Describe(const std::string& path, const RuleSet& rules, int warnings, std::ostream& out) {
  out << (path.empty() ? "the built-in rules" : path) << ": " << rules.channels().size()
      << (rules.channels().size() == 1 ? " channel" : " channels") << ", " << warnings
      << (warnings == 1 ? " warning\n" : " warnings\n");
  for (const ChannelRules& channel : rules.channels()) {
    out << "channel " << channel.name << ": " << channel.rules.size()
        << (channel.rules.size() == 1 ? " rule\n" : " rules\n");
  }
}

}  // namespace

int RunCheck(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  const auto config = LoadConfigFile(options.config, options.sets);
  if (!config.has_value() && options.rules.empty()) return kExitBadInput;
  const std::string path = options.rules.empty() ? config->rules : options.rules;
  int warnings = 0;
  const auto rules = LoadRulesFile(path, err, &warnings);
  if (!config.has_value() || rules == nullptr) return kExitBadInput;
  if (!options.config.empty() || options.rules.empty()) out << ConfigAsText(*config);
  Describe(path, *rules, warnings, out);
  if (!options.strict || warnings == 0) return kExitOk;
  err << path << ": refused because of its warnings (--strict)\n";
  return kExitBadInput;
}

}  // namespace shelf
