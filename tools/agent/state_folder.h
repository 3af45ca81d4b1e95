// The agent's folder on disk: one process at a time, files replaced whole.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shelf::agent {

class StateFolder {
 public:
  // Makes the folder when missing and locks it until this is destroyed. FailedPrecondition: another
  // process holds it. Internal: the disk.
  static absl::StatusOr<std::unique_ptr<StateFolder>> Open(const std::string& path);
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  std::string PathOf(std::string_view name) const;

  // The file's content; nullopt when there is none.
  absl::StatusOr<std::optional<std::string>> Read(std::string_view name) const;

  // On disk when it returns ok, whole or (after a crash) as it was before.
  absl::Status Replace(std::string_view name, std::string_view content) const;

 private:
  StateFolder(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  const std::string path_;
  const int lock_fd_;
};

}  // namespace shelf::agent
