// `shelfd backup` and `shelfd restore`: a checkpoint in a folder of its own, and back.
//
// A backup is a folder with `checkpoint/`, whose files are as of one instant, and `backup.json`,
// which tells what it is and how long each file must be. It comes to its name last, whole and
// synced. Both programs need no broker.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loop/checkpoint_summary.h"

namespace shelf {

inline constexpr char kBackupFile[] = "backup.json";

struct BackupInfo {
  int64_t made_ms = 0;
  std::string instance;
  CheckpointSummary checkpoint;
  std::map<std::string, int64_t> files;  // of checkpoint/, with their bytes
};

std::string BackupToJson(const BackupInfo& info);
// InvalidArgument: it is not one of ours.
absl::StatusOr<BackupInfo> BackupFromJson(const std::string& text);

struct BackupPlace {
  std::string instance;
  std::string state_dir;
  std::string admin;  // where a daemon on this state would answer, host:port
  std::map<std::string, std::string> rocksdb;  // RocksDB's own options, as the daemon's
};

struct BackupOutcome {
  BackupInfo info;
  std::string words;  // more to tell: several sentences, or none
};

// Makes the folder `to`, whose parents are made too. A running daemon is asked for the copy and
// goes on meanwhile; without one the state is opened here. AlreadyExists: `to` is there;
// FailedPrecondition: somebody holds the state and does not answer; NotFound: there is none.
absl::StatusOr<BackupOutcome> MakeBackup(const BackupPlace& place, const std::string& to,
                                         int64_t now_ms);

// Puts the backup `from` into the state folder. A state that is there is moved aside with
// `replace`, else FailedPrecondition, as when a daemon runs on it, or the backup is another
// instance's or of a newer format. InvalidArgument: `from` is no whole backup. Before it returns ok
// the state folder is as it was, or has the state whole.
absl::StatusOr<BackupOutcome> RestoreBackup(const BackupPlace& place, const std::string& from,
                                            bool replace, int64_t now_ms);

}  // namespace shelf
