#include "app/folders.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(const std::string& what, const std::error_code& error) {
  return absl::InternalError(absl::StrCat(what, ": ", error.message()));
}

std::error_code LastError() { return {errno, std::generic_category()}; }

}  // namespace

absl::StatusOr<std::map<std::string, int64_t>> FilesIn(const std::string& folder) {
  std::map<std::string, int64_t> files;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code unsized;
    if (!at->is_regular_file(unsized)) continue;
    files[at->path().filename().string()] = static_cast<int64_t>(at->file_size(unsized));
    if (unsized) return Failed(at->path().string(), unsized);
  }
  if (error) return Failed(folder, error);
  return files;
}

absl::Status Sync(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failed(path, LastError());
  const bool synced = ::fsync(file) == 0;
  const std::error_code error = LastError();
  ::close(file);
  return synced ? absl::OkStatus() : Failed(path, error);
}

absl::Status CopyFiles(const std::string& from, const std::string& to) {
  const auto files = FilesIn(from);
  if (!files.ok()) return files.status();
  std::error_code error;
  if (!fs::create_directory(to, error)) {
    if (error) return Failed(to, error);
    return absl::AlreadyExistsError(absl::StrCat(to, " is there already"));
  }
  for (const auto& [name, bytes] : *files) {
    const fs::path target = fs::path(to) / name;
    fs::copy_file(fs::path(from) / name, target, error);
    if (error) return Failed(target.string(), error);
    if (absl::Status status = Sync(target.string()); !status.ok()) return status;
  }
  return Sync(to);
}

absl::Status MoveFolder(const std::string& from, const std::string& to) {
  std::error_code error;
  if (fs::exists(to, error)) {
    return absl::AlreadyExistsError(absl::StrCat(to, " is there already"));
  }
  fs::rename(from, to, error);
  if (error == std::errc::cross_device_link) {
    if (absl::Status status = CopyFiles(from, to); !status.ok()) return status;
    fs::remove_all(from, error);
  }
  if (error) return Failed(absl::StrCat(from, " to ", to), error);
  return Sync(fs::absolute(to).parent_path().string());
}

absl::Status WriteWhole(const std::string& path, const std::string& content) {
  const std::string unfinished = path + ".tmp";
  std::ofstream file(unfinished, std::ios::trunc | std::ios::binary);
  file << content;
  file.close();
  if (!file) return Failed(unfinished, LastError());
  if (absl::Status status = Sync(unfinished); !status.ok()) return status;
  std::error_code error;
  fs::rename(unfinished, path, error);
  if (error) return Failed(path, error);
  return Sync(fs::absolute(path).parent_path().string());
}

absl::StatusOr<FolderLock> FolderLock::Take(const std::string& folder) {
  const std::string path = (fs::path(folder) / "lock").string();
  FolderLock lock(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
  if (lock.file_ < 0) return Failed(path, LastError());
  if (::flock(lock.file_, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return Failed(path, LastError());
  return absl::FailedPreconditionError(
      absl::StrCat("the state folder ", folder,
                   " is in use: another shelfd runs on it, backs it up or restores"));
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

bool OnSameDisk(const std::string& one, const std::string& other) {
  struct stat first = {};
  struct stat second = {};
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev;
}

}  // namespace shelf
