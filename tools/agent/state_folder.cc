#include "agent/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf::agent {
namespace {

absl::Status DiskError(const std::string& path) {
  return absl::InternalError(absl::StrCat(path, ": ", std::strerror(errno)));
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status SyncFolder(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = fd >= 0 && fsync(fd) == 0;
  absl::Status status = good ? absl::OkStatus() : DiskError(path);
  if (fd >= 0) close(fd);
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<StateFolder>> StateFolder::Open(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return absl::InternalError(absl::StrCat(path, ": ", error.message()));
  const std::string lock = path + "/lock";
  const int fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return DiskError(lock);
  auto folder = std::unique_ptr<StateFolder>(new StateFolder(path, fd));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return folder;
  if (errno != EWOULDBLOCK) return DiskError(lock);
  return absl::FailedPreconditionError(absl::StrCat("another agent works in ", path));
}

StateFolder::~StateFolder() { close(lock_fd_); }

std::string StateFolder::PathOf(std::string_view name) const {
  return std::string(path_).append("/").append(name);
}

absl::StatusOr<std::optional<std::string>> StateFolder::Read(std::string_view name) const {
  const std::string path = PathOf(name);
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT) return std::optional<std::string>();
  if (!file) return DiskError(path);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return DiskError(path);
  return std::optional<std::string>(std::move(content));
}

absl::Status StateFolder::Replace(std::string_view name, std::string_view content) const {
  const std::string path = PathOf(name);
  const std::string beside = path + ".new";
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return DiskError(beside);
  const bool written = WriteAll(fd, content) && fsync(fd) == 0;
  absl::Status status = written ? absl::OkStatus() : DiskError(beside);
  if (close(fd) != 0) status.Update(DiskError(beside));
  if (status.ok() && std::rename(beside.c_str(), path.c_str()) != 0) status = DiskError(path);
  return status.ok() ? SyncFolder(path_) : status;
}

}  // namespace shelf::agent
