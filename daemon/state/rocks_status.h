// RocksDB's outcomes as absl::Status, with RocksDB's text.
#pragma once

#include "absl/status/status.h"
#include "rocksdb/status.h"

namespace shelf {

// Corruption is DataLoss, a full disk ResourceExhausted, any other failure of the disk
// Unavailable.
absl::Status FromRocks(const rocksdb::Status& status);

// True when an Open failed because this or another process has the folder open.
bool IsLockedFolder(const rocksdb::Status& status);

}  // namespace shelf
