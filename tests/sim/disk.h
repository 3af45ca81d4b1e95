// The disk under the checkpoint: it can be slow, full, lost, and copied. What it does with a write
// is decided on the universe's thread, so that a run does not hang on the writer's pace.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "state/checkpoint_store.h"
#include "state/memory_store.h"

namespace shelf::sim {

class Disk final : public CheckpointStore {
 public:
  Disk() : rows_(std::make_unique<MemoryStore>()) {}
  explicit Disk(std::unique_ptr<MemoryStore> rows) : rows_(std::move(rows)) {}

  absl::Status Write(CheckpointBatch& batch) override;
  absl::Status Scan(std::string_view prefix,
                    const std::function<absl::Status(std::string_view key, std::string_view value)>&
                        visit) override {
    return rows_->Scan(prefix, visit);
  }
  absl::Status CopyTo(const std::string& folder) override { return rows_->CopyTo(folder); }
  // A disk with the same rows.
  std::unique_ptr<Disk> Copy();

  // THREAD: the universe's, all below.
  // From here on a write waits for LetGo.
  void set_slow(bool slow);
  void set_full(bool full);
  // A write waits to be let go.
  bool holds() const;
  // What waits is done, or, where the machine dies first, never was.
  void LetGo(bool done);

 private:
  std::unique_ptr<MemoryStore> rows_;
  int copies_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool slow_ = false;  // all under mutex_
  bool full_ = false;
  bool waiting_ = false;
  bool let_go_ = false;
  bool done_ = false;
};

}  // namespace shelf::sim
