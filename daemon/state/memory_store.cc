#include "state/memory_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf {

void MemoryStore::Apply(CheckpointBatch& batch, Rows& rows) {
  batch.VisitSorted([&rows](std::string_view key, std::string_view value) {
    if (value.data() == nullptr) {
      rows.erase(std::string(key));
    } else {
      rows.insert_or_assign(std::string(key), std::string(value));
    }
  });
}

absl::Status MemoryStore::Write(CheckpointBatch& batch) {
  MutexLock lock(mutex_);
  if (failures_left_ > 0) {
    --failures_left_;
    return failure_;
  }
  Apply(batch, rows_);
  ++writes_;
  return absl::OkStatus();
}

absl::Status MemoryStore::Scan(
    std::string_view prefix,
    const std::function<absl::Status(std::string_view key, std::string_view value)>& visit) {
  MutexLock lock(mutex_);
  for (auto row = rows_.lower_bound(prefix); row != rows_.end(); ++row) {
    if (!row->first.starts_with(prefix)) {
      break;
    }
    if (absl::Status status = visit(row->first, row->second); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryStore::CopyTo(const std::string& folder) {
  MutexLock lock(mutex_);
  if (!copies_.try_emplace(folder, rows_).second) {
    return absl::AlreadyExistsError(absl::StrCat("the folder of a copy must be new: ", folder));
  }
  return absl::OkStatus();
}

void MemoryStore::FailNextWrites(int count, absl::Status error) {
  MutexLock lock(mutex_);
  failures_left_ = count;
  failure_ = std::move(error);
}

int MemoryStore::writes() const {
  MutexLock lock(mutex_);
  return writes_;
}

size_t MemoryStore::rows() const {
  MutexLock lock(mutex_);
  return rows_.size();
}

absl::StatusOr<std::unique_ptr<MemoryStore>> MemoryStore::OpenCopy(
    const std::string& folder) const {
  auto store = std::make_unique<MemoryStore>();
  MutexLock lock(mutex_);
  const auto copy = copies_.find(folder);
  if (copy == copies_.end()) {
    return absl::NotFoundError(absl::StrCat("no copy in ", folder));
  }
  MutexLock copy_lock(store->mutex_);
  store->rows_ = copy->second;
  return store;
}

}  // namespace shelf
