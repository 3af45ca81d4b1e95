// CheckpointStore on RocksDB: one column family, a batch is one WriteBatch, synced to the log.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "state/checkpoint_store.h"

namespace shelf {

struct RocksOptions {
  std::string folder;                      // made, with its parents, when it is not there
  std::map<std::string, std::string> raw;  // RocksDB's own options, over ours
  // RocksDB's warnings and errors, one a call, without a line end; null drops them. Not called any
  // more once the store is gone. THREAD: RocksDB's.
  std::function<void(const std::string& words)> log;
};

// FailedPrecondition when the folder is open in this or another process, InvalidArgument naming a
// raw option that is unknown or not allowed, DataLoss when the files are damaged.
//
// When a Write fails the database is closed and opened again by the next Write, which replays the
// log: of a failed batch nothing is there, or all of it when only the sync failed. While it cannot
// be opened, Write returns why, and Scan and CopyTo return Unavailable.
absl::StatusOr<std::unique_ptr<CheckpointStore>> OpenRocksStore(const RocksOptions& options);

// For tools, on a copy or while no daemon runs: a folder that is being written can change under
// the reader's feet. Takes no lock and writes nothing; NotFound when the folder holds no
// checkpoint. Write of the store returns FailedPrecondition.
absl::StatusOr<std::unique_ptr<CheckpointStore>> OpenRocksStoreReadOnly(const std::string& folder);

}  // namespace shelf
