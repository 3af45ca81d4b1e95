#include "state/checkpoint_writer.h"

#include <condition_variable>
#include <thread>
#include <utility>

#include "base/check.h"
#include "state/mutex.h"

namespace shelf {

struct CheckpointWriter::Impl {
  explicit Impl(CheckpointStore& target) : store(target) {}

  void Run();
  absl::Status WriteBatch();

  CheckpointStore& store;
  // The thread's while busy, the worker's while not; the change of `busy` hands it over.
  CheckpointBatch batch;

  mutable Mutex mutex;
  std::condition_variable_any changed;
  bool busy ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::optional<absl::Status> result ABSL_GUARDED_BY(mutex);

  std::thread thread;  // last: it uses all of the above
};

void CheckpointWriter::Impl::Run() {
  for (;;) {
    {
      MutexLock lock(mutex);
      while (!busy && !stopping) {
        changed.wait(mutex);
      }
      if (!busy) {
        return;
      }
    }
    absl::Status status = WriteBatch();
    MutexLock lock(mutex);
    result = std::move(status);
    busy = false;
    changed.notify_all();
  }
}

absl::Status CheckpointWriter::Impl::WriteBatch() {
  absl::Status status = store.Write(batch);
  if (status.ok()) {
    batch.Clear();
  } else {
    // Retries on a full disk must not pile up old values of the same rows.
    batch.DropSuperseded();
  }
  return status;
}

CheckpointWriter::CheckpointWriter(CheckpointStore& store) : impl_(std::make_unique<Impl>(store)) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->Run(); });
}

CheckpointWriter::~CheckpointWriter() {
  {
    MutexLock lock(impl_->mutex);
    impl_->stopping = true;
    impl_->changed.notify_all();
  }
  impl_->thread.join();
}

bool CheckpointWriter::idle() const {
  MutexLock lock(impl_->mutex);
  return !impl_->busy;
}

void CheckpointWriter::Submit(CheckpointBatch& batch) {
  SHELF_CHECK(idle(), "a checkpoint is under way");
  if (impl_->batch.empty()) {
    std::swap(impl_->batch, batch);
  } else {
    impl_->batch.Append(batch);
    batch.Clear();
  }
  MutexLock lock(impl_->mutex);
  impl_->busy = true;
  impl_->result.reset();
  impl_->changed.notify_all();
}

size_t CheckpointWriter::kept_bytes() const {
  SHELF_CHECK(idle(), "a checkpoint is under way");
  return impl_->batch.empty() ? 0 : impl_->batch.bytes();
}

std::optional<absl::Status> CheckpointWriter::TakeResult() {
  MutexLock lock(impl_->mutex);
  return std::exchange(impl_->result, std::nullopt);
}

void CheckpointWriter::Finish() {
  MutexLock lock(impl_->mutex);
  while (impl_->busy) {
    impl_->changed.wait(impl_->mutex);
  }
}

}  // namespace shelf
