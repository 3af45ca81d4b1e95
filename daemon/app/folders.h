// Files and folders that are there whole or not at all, and stay when the power goes.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shelf {

// Name and bytes of the files that lie in `folder`; folders in it are left out.
absl::StatusOr<std::map<std::string, int64_t>> FilesIn(const std::string& folder);

// Copies the files of `from` into the new folder `to` and syncs them. AlreadyExists.
absl::Status CopyFiles(const std::string& from, const std::string& to);

// Puts a folder to its place: `to` must not exist, its parent must. Where they lie on different
// disks its files are copied, and `from` is removed. Synced when it returns ok.
absl::Status MoveFolder(const std::string& from, const std::string& to);

// Replaces the file's content, by way of a file beside it.
absl::Status WriteWhole(const std::string& path, const std::string& content);

// Held for a state folder by whoever reads or changes what is in it as a whole: a daemon, a backup
// without one, a restore. Let go with the object, or when the process ends.
class FolderLock {
 public:
  // `folder` must be there. FailedPrecondition: another process, or this one, holds it.
  static absl::StatusOr<FolderLock> Take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}

  int file_ = -1;
};

// Syncs a file, or a folder's list of names.
absl::Status Sync(const std::string& path);

// Both lie on the same file system, as far as can be said.
bool OnSameDisk(const std::string& one, const std::string& other);

}  // namespace shelf
