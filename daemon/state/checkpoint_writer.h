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
  // Takes the batch (swap: the writer's empty one with its capacity comes back in `batch`).
  void Submit(CheckpointBatch& batch);
  // The outcome of the last submitted batch, once; nullopt while under way or already taken.
  std::optional<absl::Status> TakeResult();
  // Waits until no batch is under way. For shutdown and tests.
  void Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shelf
