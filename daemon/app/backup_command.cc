#include "app/backup_command.h"

#include <iostream>

#include "absl/time/time.h"
#include "app/backup.h"
#include "app/clock.h"
#include "app/exit_codes.h"

namespace shelf {
namespace {

BackupPlace PlaceOf(const Config& config) {
  return {.instance = config.instance,
          .state_dir = config.state_dir,
          .admin = config.admin_listen,
          .rocksdb = config.rocksdb};
}

std::string Utc(int64_t ms) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

int Fail(const absl::Status& status) {
  std::cerr << "shelfd: " << std::string(status.message()) << "\n";
  if (absl::IsInvalidArgument(status)) return kExitBadInput;
  const bool refused = absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status);
  return refused ? kExitRefused : kExitFailed;
}

// "instance shelfd-1, incarnation 4, log time …, 3 partitions, 1234 bytes in 5 files"
std::string Told(const BackupInfo& info) {
  int64_t bytes = 0;
  for (const auto& file : info.files) bytes += file.second;
  return "instance " + info.instance + ", incarnation " +
         std::to_string(info.checkpoint.incarnation) + ", log time " +
         Utc(info.checkpoint.time_ms) + ", " + std::to_string(info.checkpoint.partitions_total) +
         " partitions, " + std::to_string(bytes) + " bytes in " +
         std::to_string(info.files.size()) + " files";
}

}  // namespace

int RunBackup(const Config& config, const std::string& to) {
  const auto outcome = MakeBackup(PlaceOf(config), to, WallMs());
  if (!outcome.ok()) return Fail(outcome.status());
  std::cout << "backup in " << to << ": " << Told(outcome->info) << "\n";
  if (!outcome->words.empty()) std::cout << outcome->words << "\n";
  return kExitOk;
}

int RunRestore(const Config& config, const std::string& from, bool replace) {
  const auto outcome = RestoreBackup(PlaceOf(config), from, replace, WallMs());
  if (!outcome.ok()) return Fail(outcome.status());
  std::cout << "restored " << config.state_dir << " as of " << Utc(outcome->info.made_ms) << ": "
            << Told(outcome->info) << "\n"
            << outcome->words << "`shelfd run` replays what the log holds since then.\n";
  return kExitOk;
}

}  // namespace shelf
