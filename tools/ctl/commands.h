// What shelfctl does once its command line is read.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "ctl/snapshot.h"

namespace shelf::ctl {

enum ExitCode : int {
  kExitOk = 0,
  kExitNotFound = 1,
  kExitNotAsPlanned = 1,  // topics: something about them would lose data
  kExitUsage = 2,
  kExitUnreachable = 3,  // no daemon, no broker, or no answer in time
  kExitFailed = 4,       // the state cannot be read, the output cannot be written
};

struct Common {
  std::string admin = "127.0.0.1:8711";
  std::string state_dir;  // empty: the daemon's
  bool json = false;
};

// Each writes its answer to `out` and what went wrong to `err`; returns an ExitCode.
int Get(const Common& common, const std::string& store, const std::string& sku, std::ostream& out,
        std::ostream& err);
// `worst`: only so many stores, those known least far first.
int Stores(const Common& common, std::optional<uint32_t> worst, std::ostream& out,
           std::ostream& err);
int Status(const Common& common, std::ostream& out, std::ostream& err);
// `channel` empty: all of them.
int Funnel(const Common& common, const std::string& channel, std::ostream& out, std::ostream& err);
// `file` empty: to `out`. Else it is there whole or not at all.
int Snapshot(const Common& common, SnapshotWhat what, const std::string& file, std::ostream& out,
             std::ostream& err);

}  // namespace shelf::ctl
