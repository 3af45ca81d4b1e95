// How old the newest backup may be. A backup helps as long as the log still holds what came after
// it, so it is due well before the log's retention has passed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace shelf {

struct BackupFacts {
  std::optional<int64_t> newest_ms;     // when the newest was made, Unix ms; nullopt: none
  std::optional<int64_t> retention_ms;  // of the input topic; nullopt: endless or not known
};

struct BackupVerdict {
  bool alarm = false;
  std::optional<int64_t> age_ms;  // >= 0
  std::string words;              // with an alarm: a sentence for the log
};

// An alarm when the newest backup is older than half the retention, or when there is none. Never
// without a retention.
BackupVerdict JudgeBackup(const BackupFacts& facts, int64_t now_ms);

// A note in the state folder of a backup of it, or of the one that it was restored from. It goes
// with the folder: a lost disk has none.
absl::Status NoteBackup(const std::string& state_dir, const std::string& backup, int64_t made_ms);
std::optional<int64_t> NewestBackupMs(const std::string& state_dir);

}  // namespace shelf
