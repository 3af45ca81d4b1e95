#include "app/backup.h"

#include <httplib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "app/backup_age.h"
#include "app/folders.h"
#include "nlohmann/json.hpp"
#include "state/rocks_store.h"
#include "state/rows.h"

namespace shelf {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::chrono::seconds kConnectMax{2};
// A state that is written out first takes its time, and a copy that nobody waits for stays.
constexpr std::chrono::hours kCopyMax{2};

bool Exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

fs::path CheckpointOf(const std::string& folder) { return fs::path(folder) / kCheckpointFolder; }

// Removed with all that is in it, unless it was moved away.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// The answer's body; null when none comes, or an error.
Json Body(const httplib::Result& result) {
  if (!result || result->status != 200) return {};
  return Json::parse(result->body, nullptr, /*allow_exceptions=*/false);
}

// A daemon that runs on this state folder answers at the admin port.
bool DaemonAnswers(const BackupPlace& place) {
  httplib::Client client(place.admin);
  client.set_connection_timeout(kConnectMax);
  const Json status = Body(client.Get("/v1/status"));
  if (!status.is_object() || !status.contains("state_dir")) return false;
  std::error_code ignored;
  return fs::equivalent(status["state_dir"].get<std::string>(), place.state_dir, ignored);
}

absl::Status CopyByDaemon(const BackupPlace& place, const std::string& target) {
  httplib::Client client(place.admin);
  client.set_connection_timeout(kConnectMax);
  client.set_read_timeout(kCopyMax);
  const Json answer = Body(client.Post("/v1/copy"));
  if (!answer.is_object() || !answer.contains("path")) {
    return absl::UnavailableError(
        absl::StrCat("the daemon at ", place.admin, " gave no copy of its state"));
  }
  const TemporaryFolder copy(answer["path"].get<std::string>());
  return MoveFolder(copy.path(), target);
}

// Opening takes the folder's lock, so that no daemon starts on it meanwhile.
absl::StatusOr<std::unique_ptr<CheckpointStore>> OpenState(const BackupPlace& place) {
  const std::string folder = CheckpointOf(place.state_dir).string();
  if (!Exists(fs::path(folder) / "CURRENT")) {
    return absl::NotFoundError(absl::StrCat("there is no state in ", folder));
  }
  return OpenRocksStore({.folder = folder, .raw = place.rocksdb, .log = nullptr});
}

absl::Status CopyHere(const BackupPlace& place, const std::string& target) {
  if (!Exists(place.state_dir)) {
    return absl::NotFoundError(absl::StrCat("there is no state in ", place.state_dir));
  }
  const absl::StatusOr<FolderLock> lock = FolderLock::Take(place.state_dir);
  if (!lock.ok()) return lock.status();
  auto store = OpenState(place);
  return store.ok() ? (*store)->CopyTo(target) : store.status();
}

absl::StatusOr<CheckpointSummary> Summarize(const std::string& folder) {
  auto store = OpenRocksStoreReadOnly(folder);
  if (!store.ok()) return store.status();
  return SummarizeCheckpoint(**store);
}

absl::Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot make ", folder.string(), ": ", error.message()));
}

absl::StatusOr<std::map<std::string, int64_t>> SyncFiles(const std::string& folder) {
  auto files = FilesIn(folder);
  if (!files.ok()) return files;
  for (const auto& file : *files) {
    absl::Status status = Sync((fs::path(folder) / file.first).string());
    if (!status.ok()) return status;
  }
  if (absl::Status status = Sync(folder); !status.ok()) return status;
  return files;
}

// Fills `folder`, which is empty, with a backup of the state.
absl::StatusOr<BackupInfo> Fill(const BackupPlace& place, const std::string& folder,
                                int64_t now_ms) {
  const std::string target = CheckpointOf(folder).string();
  absl::Status status =
      DaemonAnswers(place) ? CopyByDaemon(place, target) : CopyHere(place, target);
  if (!status.ok()) return status;
  auto summary = Summarize(target);
  if (!summary.ok()) return summary.status();
  auto files = SyncFiles(target);
  if (!files.ok()) return files.status();
  BackupInfo info{.made_ms = now_ms,
                  .instance = place.instance,
                  .checkpoint = *std::move(summary),
                  .files = *std::move(files)};
  status = WriteWhole((fs::path(folder) / kBackupFile).string(), BackupToJson(info));
  if (!status.ok()) return status;
  return info;
}

absl::StatusOr<std::string> ReadAll(const fs::path& path) {
  const std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path.string(), " cannot be read"));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

absl::Status NotWhole(const std::string& from, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(from, " is no whole backup: ", why));
}

// The backup's description, when the folder holds all that it says.
absl::StatusOr<BackupInfo> CheckBackup(const BackupPlace& place, const std::string& from) {
  const auto text = ReadAll(fs::path(from) / kBackupFile);
  if (!text.ok()) return NotWhole(from, text.status().message());
  absl::StatusOr<BackupInfo> info = BackupFromJson(*text);
  if (!info.ok()) return NotWhole(from, info.status().message());
  const auto files = FilesIn(CheckpointOf(from).string());
  if (!files.ok()) return NotWhole(from, files.status().message());
  for (const auto& [name, bytes] : info->files) {
    const auto found = files->find(name);
    if (found == files->end()) return NotWhole(from, absl::StrCat("checkpoint/", name, " is gone"));
    if (found->second == bytes) continue;
    return NotWhole(
        from, absl::StrCat("checkpoint/", name, " has ", found->second, " bytes, not ", bytes));
  }
  if (info->instance != place.instance) {
    return absl::FailedPreconditionError(absl::StrCat(from, " is a backup of instance ",
                                                      info->instance, ", this is ", place.instance,
                                                      ": which configuration is meant?"));
  }
  if (info->checkpoint.format > kFormatVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(from, " is of format ", info->checkpoint.format, ", this shelfd reads up to ",
                     kFormatVersion, ": use the newer shelfd"));
  }
  return info;
}

// The state folder, made if need be, for as long as it is restored: no daemon starts on it
// meanwhile.
absl::StatusOr<FolderLock> HoldPlace(const BackupPlace& place) {
  if (absl::Status status = MakeFolder(place.state_dir); !status.ok()) return status;
  absl::StatusOr<FolderLock> lock = FolderLock::Take(place.state_dir);
  const bool in_use = absl::IsFailedPrecondition(lock.status()) ||
                      absl::IsFailedPrecondition(OpenState(place).status());
  if (!in_use) return lock;
  return absl::FailedPreconditionError(
      absl::StrCat("a daemon runs on ", place.state_dir, ": stop it first"));
}

std::string AsideName(const std::string& folder, int64_t now_ms) {
  return absl::StrCat(
      folder, ".replaced-",
      absl::FormatTime("%Y%m%dT%H%M%SZ", absl::FromUnixMillis(now_ms), absl::UTCTimeZone()));
}

// A start that was refused leaves a database in which nothing was ever written.
bool HoldsNothing(const std::string& folder) {
  return Exists(fs::path(folder) / "CURRENT") && absl::IsNotFound(Summarize(folder).status());
}

// Moves a state that is there aside; its new name, if there was one.
absl::StatusOr<std::optional<std::string>> MakeRoom(const BackupPlace& place, bool replace,
                                                    int64_t now_ms) {
  const std::string folder = CheckpointOf(place.state_dir).string();
  std::error_code ignored;
  if (!Exists(folder) || fs::is_empty(folder, ignored)) {
    fs::remove(folder, ignored);
    return std::nullopt;
  }
  if (!replace && !HoldsNothing(folder)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "there is a state in ", folder, ": with --replace it is moved aside and kept"));
  }
  const std::string aside = AsideName(folder, now_ms);
  if (absl::Status status = MoveFolder(folder, aside); !status.ok()) return status;
  return aside;
}

}  // namespace

absl::StatusOr<BackupOutcome> MakeBackup(const BackupPlace& place, const std::string& folder,
                                         int64_t now_ms) {
  // Without a slash at its end, which would put what is unfinished into it.
  const std::string to = WithoutSlash(folder);
  if (Exists(to)) return absl::AlreadyExistsError(absl::StrCat(to, " is there already"));
  const TemporaryFolder unfinished(absl::StrCat(to, ".unfinished-", ::getpid()));
  if (absl::Status status = MakeFolder(unfinished.path()); !status.ok()) return status;
  absl::StatusOr<BackupInfo> info = Fill(place, unfinished.path(), now_ms);
  if (!info.ok()) return info.status();
  if (absl::Status status = MoveFolder(unfinished.path(), to); !status.ok()) return status;
  BackupOutcome outcome{.info = *std::move(info), .words = {}};
  if (OnSameDisk(to, place.state_dir)) {
    absl::StrAppend(&outcome.words, "It lies on the same disk as the state: copy it elsewhere. ");
  }
  const absl::Status noted = NoteBackup(place.state_dir, fs::absolute(to).string(), now_ms);
  if (!noted.ok()) {
    absl::StrAppend(&outcome.words, "The daemon will not know of it: ", noted.message(), ". ");
  }
  return outcome;
}

absl::StatusOr<BackupOutcome> RestoreBackup(const BackupPlace& place, const std::string& from,
                                            bool replace, int64_t now_ms) {
  absl::StatusOr<BackupInfo> info = CheckBackup(place, from);
  if (!info.ok()) return info.status();
  const absl::StatusOr<FolderLock> lock = HoldPlace(place);
  if (!lock.ok()) return lock.status();
  const std::string target = CheckpointOf(place.state_dir).string();
  const TemporaryFolder unfinished(absl::StrCat(target, ".unfinished-", ::getpid()));
  absl::Status status = CopyFiles(CheckpointOf(from).string(), unfinished.path());
  if (!status.ok()) return status;
  if (const auto summary = Summarize(unfinished.path()); !summary.ok()) {
    return NotWhole(from, summary.status().message());
  }
  const auto aside = MakeRoom(place, replace, now_ms);
  if (!aside.ok()) return aside.status();
  status = MoveFolder(unfinished.path(), target);
  if (!status.ok()) {
    if (aside->has_value()) status.Update(MoveFolder(**aside, target));
    return status;
  }
  BackupOutcome outcome{.info = *std::move(info), .words = {}};
  if (aside->has_value()) {
    outcome.words = absl::StrCat("The state that was there is now ", **aside, ". ");
  }
  status = NoteBackup(place.state_dir, fs::absolute(from).string(), outcome.info.made_ms);
  if (!status.ok()) return status;
  return outcome;
}

}  // namespace shelf
