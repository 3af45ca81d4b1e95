// Texts of rule sets by their hash, from whoever has them: files, a checkpoint, a running daemon;
// the built-in one is always there.
#pragma once

#include <map>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ctl/admin_client.h"
#include "state/checkpoint_store.h"

namespace shelf::ctl {

// The text of a rules file that can be used. What is to be said of it goes to `err`, as of `shelfd
// check`. InvalidArgument: it cannot be read or used.
absl::StatusOr<std::string> ReadUsableRules(const std::string& path, std::ostream& err);

class RulesTexts {
 public:
  // NotFound: it cannot be read; InvalidArgument: it is no rules file.
  absl::Status AddFile(const std::string& path);
  // Those that the checkpoint knows.
  absl::Status AddState(CheckpointStore& store);

  // Asks the daemon for what is not known here. NotFound, or the daemon's words.
  absl::StatusOr<std::string> Find(const std::string& hash, const AdminClient& client);

 private:
  std::map<std::string, std::string> texts_;  // by hash
};

}  // namespace shelf::ctl
