// `shelfctl topics`: the daemon's topics, checked and made by the daemon's own table.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "app/inspect_topics.h"
#include "config/config.h"
#include "io/topic_admin.h"
#include "rules/rule_set.h"

namespace shelf::ctl {

struct TopicsOptions {
  std::string config;             // path; empty: the defaults
  std::vector<std::string> sets;  // "key=value", as the daemon takes them
  bool json = false;
  bool dry_run = false;  // apply: says what it would do
  bool force = false;    // apply: also what may delete records that a topic holds
};

// From files to the cluster. Each writes its answer to `out` and what went wrong to `err`, and
// returns an ExitCode: kExitOk; kExitNotAsPlanned: something loses data (for apply: and is left, or
// waits for `force`);
// kExitUsage: configuration or rules; kExitUnreachable: no broker; kExitFailed.
int TopicsCheck(const TopicsOptions& options, std::ostream& out, std::ostream& err);
int TopicsApply(const TopicsOptions& options, std::ostream& out, std::ostream& err);

// The same on a cluster that is there.
int CheckTopicsOf(TopicAdmin& admin, const Config& config, const RuleSet& rules,
                  const TopicsOptions& options, std::ostream& out, std::ostream& err);

// Makes what is missing and sets what deviates and can be set; says each change in a line and what
// is left for a person in another. Never changes a number of partitions or copies, nor anything of
// a topic whose partitions differ. A topic of which a change may delete records stays as it is
// without `force`. Done twice, the second time changes nothing. Stops at the first change that
// fails.
int ApplyTopicsOf(TopicAdmin& admin, const Config& config, const RuleSet& rules,
                  const TopicsOptions& options, std::ostream& out, std::ostream& err);

}  // namespace shelf::ctl
