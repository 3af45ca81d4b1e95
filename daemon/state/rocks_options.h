// How our RocksDB is set up: few readers, one writer of sorted batches of small rows.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "rocksdb/options.h"

namespace shelf {

// Our settings with `raw` (RocksDB's own names of database and column family options) on top.
// InvalidArgument, naming the option: one that RocksDB does not know, a value that it does not
// read, or one that breaks a promise of CheckpointStore (order of keys, nothing partial after a
// crash, nothing dropped, a copy in one folder).
absl::StatusOr<rocksdb::Options> MakeRocksOptions(const std::map<std::string, std::string>& raw);

}  // namespace shelf
