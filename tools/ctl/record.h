// `shelfctl record`: a stretch of the daemon's log into a folder, for `shelfctl replay`.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "ctl/commands.h"

namespace shelf::ctl {

struct RecordOptions {
  std::string out;                 // the folder; made
  std::string config;              // the daemon's configuration file; empty: the defaults
  std::vector<std::string> sets;   // "key=value", as the daemon takes them
  std::string brokers;             // instead of the configuration's
  std::string from;                // an instant, with nothing known; excludes `backup`
  std::string backup;              // a backup or a copy of a checkpoint
  std::string span, until;         // how long, until when; both empty: until Ctrl-C
  std::vector<std::string> rules;  // files with rule sets that the daemon cannot be asked for
};

// Where neither `from` nor `backup` is given it begins from a copy of the daemon's checkpoint, so
// with the newest second. An ExitCode; ended by Ctrl-C it is kExitOk, and the recording whole,
// unless reference data that a tick names were still to come. kExitNotFound: no tick lies in it, or
// no record since `from`.
int Record(const Common& common, const RecordOptions& options, std::ostream& out,
           std::ostream& err);

}  // namespace shelf::ctl
