#include "state/rocks_options.h"

#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "rocksdb/cache.h"
#include "rocksdb/comparator.h"
#include "rocksdb/convenience.h"
#include "rocksdb/table.h"

namespace shelf {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

rocksdb::Options OurOptions() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.compression = rocksdb::kLZ4Compression;
  // Big memtables turn many checkpoints of the same hot rows into one file; three of them let a
  // checkpoint go on while two are flushed.
  options.write_buffer_size = 128 * kMiB;
  options.max_write_buffer_number = 3;
  options.level_compaction_dynamic_level_bytes = true;
  options.max_bytes_for_level_base = 512 * kMiB;
  options.max_background_jobs = 2;
  // Writes back steadily, so that a checkpoint's sync does not wait behind a whole flushed file.
  options.bytes_per_sync = kMiB;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;

  // Rows are read once, in order, at start: large blocks, no filters, hardly a cache.
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 << 10;
  table.block_cache = rocksdb::NewLRUCache(8 * kMiB);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::ConfigOptions Strict() {
  rocksdb::ConfigOptions config;
  config.input_strings_escaped = false;
  config.ignore_unsupported_options = false;
  return config;
}

absl::Status BadOption(const std::string& name, const std::string& reason) {
  return absl::InvalidArgumentError(absl::StrCat("rocksdb option '", name, "': ", reason));
}

// RocksDB has one code for an unknown name and a bad value: only its words tell them apart.
bool IsUnknown(const rocksdb::Status& read, const std::string& name) {
  return read.ToString().ends_with("Could not find option: : " + name);
}

absl::Status ApplyOne(const std::string& name, const std::string& value,
                      rocksdb::Options& options) {
  const std::unordered_map<std::string, std::string> one = {{name, value}};
  rocksdb::DBOptions database;
  rocksdb::Status read = rocksdb::GetDBOptionsFromMap(Strict(), options, one, &database);
  if (read.ok()) {
    options = rocksdb::Options(database, options);
    return absl::OkStatus();
  }
  if (!IsUnknown(read, name)) {
    return BadOption(name, absl::StrCat("bad value '", value, "': ", read.ToString()));
  }
  rocksdb::ColumnFamilyOptions family;
  read = rocksdb::GetColumnFamilyOptionsFromMap(Strict(), options, one, &family);
  if (read.ok()) {
    options = rocksdb::Options(options, family);
    return absl::OkStatus();
  }
  return BadOption(name, IsUnknown(read, name)
                             ? "RocksDB has no such option"
                             : absl::StrCat("bad value '", value, "': ", read.ToString()));
}

absl::Status CheckPromises(const rocksdb::Options& options) {
  if (options.comparator != rocksdb::BytewiseComparator()) {
    return BadOption("comparator", "keys must stay in byte order");
  }
  if (options.compaction_style == rocksdb::kCompactionStyleFIFO) {
    return BadOption("compaction_style", "FIFO drops the oldest rows");
  }
  if (options.wal_recovery_mode != rocksdb::WALRecoveryMode::kPointInTimeRecovery) {
    return BadOption("wal_recovery_mode", "only kPointInTimeRecovery ends between two batches");
  }
  if (options.manual_wal_flush) {
    return BadOption("manual_wal_flush", "a checkpoint must be on disk when its write returns");
  }
  if (!options.wal_dir.empty()) {
    return BadOption("wal_dir", "the checkpoint must lie in one folder");
  }
  if (!options.db_paths.empty() || !options.cf_paths.empty()) {
    return BadOption("db_paths", "the checkpoint must lie in one folder");
  }
  if (options.max_background_jobs >= 8) {
    return BadOption("max_background_jobs", "must be below 8: more can misorder a retried flush");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<rocksdb::Options> MakeRocksOptions(const std::map<std::string, std::string>& raw) {
  rocksdb::Options options = OurOptions();
  for (const auto& [name, value] : raw) {
    if (absl::Status status = ApplyOne(name, value, options); !status.ok()) {
      return status;
    }
  }
  if (absl::Status status = CheckPromises(options); !status.ok()) {
    return status;
  }
  return options;
}

}  // namespace shelf
