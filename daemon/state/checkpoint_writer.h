// Write-behind: one thread that writes batches to the store, one at a time, so that a slow disk
// delays checkpoints and never the intake.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "state/checkpoint_store.h"

namespace shelf {

class CheckpointWriter {
 public:
  // Borrows `store`, which outlives the writer.
  explicit CheckpointWriter(CheckpointStore& store);
  ~CheckpointWriter();  // finishes the batch under way
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // True when no batch is under way: only then may Submit be called. THREAD: the worker.
  bool idle() const;
  // Takes the rows; an empty batch with capacity to reuse comes back in `batch`. Rows of a batch
  // that failed were kept, and go in one write with these, which win. THREAD: the worker.
  void Submit(CheckpointBatch& batch);
  // What is kept of failed batches, one row a key; 0 when the last write was ok. A bound for the
  // worker's patience with a broken disk. Only while idle. THREAD: the worker.
  size_t kept_bytes() const;
  // The outcome of the last submitted batch, once; nullopt while under way or already taken.
  std::optional<absl::Status> TakeResult();
  // Waits until no batch is under way. For shutdown and tests.
  void Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shelf
