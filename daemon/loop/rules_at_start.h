// Which rule set a worker begins with: the one that was in force when its checkpoint was written.
// What the configured file says now is another thing: where it has changed since it was last taken,
// it is proposed once the worker is live, and so brings explicit zeros, a sweep and the brake like
// any reload.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/rule_set.h"
#include "state/checkpoint_store.h"

namespace shelf {

struct RulesAtStart {
  std::unique_ptr<RuleSet> set;  // its channels are those of the checkpoint, in their order, first
  // The configured text is another than the one last taken from there: propose it.
  bool propose = false;
  // Not empty: the text that was in force cannot be used any more, and the configured one is begun
  // with instead. For people: why.
  std::string gave_way;
  // What was said of the configured text, where it is begun with.
  std::vector<RulesMessage> messages;
};

// `configured`: the text of the configured file. `store` may be null: then that is begun with, as
// it is where nothing was ever written or by a version that kept no rules. InvalidArgument: it has
// to be begun with and cannot be used, see `messages`. DataLoss: the checkpoint cannot be read.
absl::Status ChooseRules(CheckpointStore* store, std::string_view configured, RulesAtStart& chosen);

}  // namespace shelf
