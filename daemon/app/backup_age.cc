#include "app/backup_age.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "app/folders.h"
#include "nlohmann/json.hpp"

namespace shelf {
namespace {

std::filesystem::path NoteFile(const std::string& state_dir) {
  return std::filesystem::path(state_dir) / "last-backup.json";
}

std::string Span(int64_t ms) {
  return absl::FormatDuration(absl::Trunc(absl::Milliseconds(ms), absl::Seconds(1)));
}

}  // namespace

BackupVerdict JudgeBackup(const BackupFacts& facts, int64_t now_ms) {
  BackupVerdict verdict;
  if (facts.newest_ms.has_value()) {
    verdict.age_ms = std::max<int64_t>(0, now_ms - *facts.newest_ms);
  }
  if (!facts.retention_ms.has_value()) return verdict;
  const std::string log = absl::StrCat("the log keeps ", Span(*facts.retention_ms));
  if (!verdict.age_ms.has_value()) {
    verdict.alarm = true;
    verdict.words = absl::StrCat("there is no backup of the state, and ", log,
                                 ": a lost disk would be lost stock. Make one: `shelfd backup`");
  } else if (*verdict.age_ms > *facts.retention_ms / 2) {
    verdict.alarm = true;
    verdict.words =
        absl::StrCat("the newest backup of the state is ", Span(*verdict.age_ms), " old, and ", log,
                     ": soon it will be of no use. Make one: `shelfd backup`");
  }
  return verdict;
}

absl::Status NoteBackup(const std::string& state_dir, const std::string& backup, int64_t made_ms) {
  const nlohmann::json note = {{"time_ms", made_ms}, {"backup", backup}};
  return WriteWhole(NoteFile(state_dir).string(), note.dump() + "\n");
}

std::optional<int64_t> NewestBackupMs(const std::string& state_dir) {
  std::ifstream file(NoteFile(state_dir));
  if (!file) return std::nullopt;
  const nlohmann::json note = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  const bool has_time =
      note.is_object() && note.contains("time_ms") && note["time_ms"].is_number_integer();
  return has_time ? std::optional<int64_t>(note["time_ms"].get<int64_t>()) : std::nullopt;
}

}  // namespace shelf
