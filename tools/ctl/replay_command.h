// `shelfctl replay` and `shelfctl explain --at`: a recording run again.
#pragma once

#include <ostream>
#include <string>

#include "ctl/commands.h"

namespace shelf::ctl {

struct ReplayOptions {
  std::string folder;      // of the recording
  std::string rules;       // the new side's file
  std::string old_rules;   // the old side's; empty: as recorded
  std::string html;        // where the page goes; empty: none
  std::string count_from;  // an instant; empty: from the first tick
};

// The report goes to `out`, as a table or JSON; how fast it went to `err`. An ExitCode.
int ReplayRecording(const Common& common, const ReplayOptions& options, std::ostream& out,
                    std::ostream& err);

struct ExplainAtOptions {
  std::string folder;
  std::string at;  // an instant
  std::string channel, store, sku;
};

// The explanation of a key as it was then: the store's partition is replayed up to the instant.
int ExplainAt(const Common& common, const ExplainAtOptions& options, std::ostream& out,
              std::ostream& err);

}  // namespace shelf::ctl
