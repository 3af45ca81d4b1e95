// The rules file that the configuration names: what the daemon begins with, what it proposes when
// the file is read again, and what it says of that.
// THREAD: one owner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "loop/rules_at_start.h"
#include "loop/rules_reload.h"
#include "loop/worker.h"
#include "state/checkpoint_store.h"

namespace shelf {

class ConfiguredRules {
 public:
  // `path` empty: the built-in rules.
  explicit ConfiguredRules(std::string path) : path_(std::move(path)) {}

  // For people.
  std::string source() const { return path_.empty() ? "built in" : path_; }

  // As ChooseRules; says what people have to know. A file that cannot be read or used is an error
  // only where it has to be begun with.
  absl::StatusOr<RulesAtStart> AtStart(CheckpointStore& store) const;

  // The file as it is now. NotFound says why it cannot be read.
  absl::StatusOr<RulesProposal> Proposal(std::string by) const;

 private:
  const std::string path_;
};

// The routes of channels that `rules` do not have any more and `config` does not name: their zeros
// go where their numbers went, as the checkpoint says.
absl::StatusOr<Config> RoutedAsSaved(Config config, const RuleSet& rules, CheckpointStore& store);

// Logs what became of each proposal, once, and the channels that strayed.
class RulesHerald {
 public:
  void Run(const RulesReload& reload);
  void Run(const StrayChannels& strays);

 private:
  uint64_t ended_said_ = 0;
  size_t retired_said_ = 0;
  std::vector<std::string> beyond_said_;
};

}  // namespace shelf
