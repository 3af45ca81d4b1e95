// A consistent picture of an instance's positions, out of its checkpoint.
#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ctl/admin_client.h"
#include "state/checkpoint_store.h"

namespace shelf::ctl {

enum class SnapshotWhat { kPositions, kChannels, kExplanations };

// A checkpoint folder to read, removed at the end when it is a copy made for us.
class CheckpointFolder {
 public:
  CheckpointFolder(std::string path, bool is_copy) : path_(std::move(path)), is_copy_(is_copy) {}
  ~CheckpointFolder();
  CheckpointFolder(CheckpointFolder&& other) noexcept;
  CheckpointFolder& operator=(CheckpointFolder&&) = delete;

  const std::string& path() const { return path_; }
  bool is_copy() const { return is_copy_; }

 private:
  std::string path_;
  bool is_copy_;
};

// Without `state_dir` the daemon at `client` is asked for a copy: Unavailable when there is none.
// With it that folder is meant: the daemon is asked when the folder is its own, else (or when there
// is no daemon) the folder itself is read; it may also be a copy or a backup.
absl::StatusOr<CheckpointFolder> FindCheckpoint(const AdminClient& client,
                                                const std::string& state_dir);

// CSV with a heading. kPositions: store,sku,on_hand_milli. kChannels:
// channel,store,sku,sellable,status,published, as last decided. kExplanations: see explanations.h.
// How many rows; DataLoss names the row that cannot be read.
absl::StatusOr<uint64_t> WriteCsv(CheckpointStore& store, SnapshotWhat what, std::ostream& out);

}  // namespace shelf::ctl
