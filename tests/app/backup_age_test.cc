// When a backup is too old to be of use.
#include "app/backup_age.h"

#include <fstream>

#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;
using Catch::Contains;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;
constexpr int64_t kDayMs = 24LL * 3600 * 1000;

}  // namespace

TEST_CASE("a backup is old when half the log's retention has passed since", "[backup]") {
  const BackupFacts facts{.newest_ms = kNowMs, .retention_ms = 7 * kDayMs};
  CHECK_FALSE(JudgeBackup(facts, kNowMs).alarm);
  CHECK_FALSE(JudgeBackup(facts, kNowMs + 7 * kDayMs / 2).alarm);
  const BackupVerdict late = JudgeBackup(facts, kNowMs + 7 * kDayMs / 2 + 1);
  CHECK(late.alarm);
  CHECK(late.age_ms == 7 * kDayMs / 2 + 1);
  CHECK_THAT(late.words, Contains("84h") && Contains("168h") && Contains("shelfd backup"));
}

TEST_CASE("no backup at all is an alarm from the start", "[backup]") {
  const BackupVerdict verdict = JudgeBackup({.newest_ms = {}, .retention_ms = kDayMs}, kNowMs);
  CHECK(verdict.alarm);
  CHECK_FALSE(verdict.age_ms.has_value());
  CHECK_THAT(verdict.words, Contains("there is no backup"));
}

TEST_CASE("a log that keeps everything needs no backup in time", "[backup]") {
  CHECK_FALSE(JudgeBackup({.newest_ms = {}, .retention_ms = {}}, kNowMs).alarm);
  const BackupVerdict old = JudgeBackup({.newest_ms = 1, .retention_ms = {}}, kNowMs);
  CHECK_FALSE(old.alarm);
  CHECK(old.age_ms == kNowMs - 1);
}

TEST_CASE("a clock that went back makes no backup of the future", "[backup]") {
  const BackupFacts facts{.newest_ms = kNowMs, .retention_ms = kDayMs};
  CHECK(JudgeBackup(facts, kNowMs - 5).age_ms == 0);
}

TEST_CASE("the state folder remembers its newest backup", "[backup]") {
  const TempDir folder;
  CHECK_FALSE(NewestBackupMs(folder.path().string()).has_value());
  REQUIRE(NoteBackup(folder.path().string(), "/mnt/backup-1", 17).ok());
  REQUIRE(NoteBackup(folder.path().string(), "/mnt/backup-2", 18).ok());
  CHECK(NewestBackupMs(folder.path().string()) == 18);
  std::ofstream(folder.Inside("last-backup.json")) << "not ours";
  CHECK_FALSE(NewestBackupMs(folder.path().string()).has_value());
}
