// A CheckpointStore in memory, for tests and for runs that keep nothing. It survives a "restart" of
// the worker because its owner keeps it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "state/checkpoint_store.h"
#include "state/mutex.h"

namespace shelf {

// THREAD: all methods, any.
class MemoryStore : public CheckpointStore {
 public:
  absl::Status Write(CheckpointBatch& batch) override;
  absl::Status Scan(std::string_view prefix,
                    const std::function<absl::Status(std::string_view key, std::string_view value)>&
                        visit) override;
  // Keeps the copy under the folder's name; nothing is written to disk.
  absl::Status CopyTo(const std::string& folder) override;

  // The next `count` calls of Write change nothing and return `error`.
  void FailNextWrites(int count, absl::Status error);
  // How many calls of Write succeeded.
  int writes() const;
  size_t rows() const;
  // A new store with the rows of the copy made by CopyTo(folder); NotFound when there is none.
  absl::StatusOr<std::unique_ptr<MemoryStore>> OpenCopy(const std::string& folder) const;

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;

  static void Apply(CheckpointBatch& batch, Rows& rows);

  mutable Mutex mutex_;
  Rows rows_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Rows> copies_ ABSL_GUARDED_BY(mutex_);
  int writes_ ABSL_GUARDED_BY(mutex_) = 0;
  int failures_left_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace shelf
