// The shadow run's table: docs/operating/compare.md.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "ctl/commands.h"
#include "ctl/feed.h"

namespace shelf::ctl {

struct CompareOptions {
  std::string channel;
  // One of the two.
  FeedFileOptions feed;
  std::string columns;          // "OURS=THEIRS,…", as typed
  std::string delimiter = ",";  // a character, or "tab"
  std::string topic;
  std::string config;             // for the topic: the daemon's configuration
  std::vector<std::string> sets;  // settings of it
  std::string rules;              // this file instead of the rules in force
  std::string differences;        // a CSV file of all differences; empty: none
  std::string rejected;           // a CSV file of the rows kept aside; empty: none
};

// kExitOk: compared, whatever the outcome; kExitNotFound: no such channel or checkpoint;
// kExitUsage: the feed or the rules cannot be used; else as other commands.
int Compare(const Common& common, const CompareOptions& options, std::ostream& out,
            std::ostream& err);

}  // namespace shelf::ctl
