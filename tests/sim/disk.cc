#include "sim/disk.h"

#include "absl/strings/str_cat.h"

namespace shelf::sim {

absl::Status Disk::Write(CheckpointBatch& batch) {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (full_) return absl::ResourceExhaustedError("the disk is full");
    if (slow_) {
      waiting_ = true;
      let_go_ = false;
      changed_.notify_all();
      changed_.wait(lock, [this] { return let_go_; });
      waiting_ = false;
      if (!done_) return absl::CancelledError("the machine died");
    }
  }
  return rows_->Write(batch);
}

std::unique_ptr<Disk> Disk::Copy() {
  const std::string folder = absl::StrCat(++copies_);
  (void)rows_->CopyTo(folder);
  return std::make_unique<Disk>(rows_->OpenCopy(folder).value());
}

void Disk::set_slow(bool slow) {
  const std::lock_guard<std::mutex> lock(mutex_);
  slow_ = slow;
}

void Disk::set_full(bool full) {
  const std::lock_guard<std::mutex> lock(mutex_);
  full_ = full;
}

bool Disk::holds() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return waiting_ && !let_go_;
}

void Disk::LetGo(bool done) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!waiting_) return;
  done_ = done;
  let_go_ = true;
  changed_.notify_all();
}

}  // namespace shelf::sim
