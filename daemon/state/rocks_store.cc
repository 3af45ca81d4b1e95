#include "state/rocks_store.h"

#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/failpoint.h"
#include "rocksdb/db.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/write_batch.h"
#include "state/mutex.h"
#include "state/rocks_events.h"
#include "state/rocks_options.h"
#include "state/rocks_status.h"

namespace shelf {
namespace {

using Visit = std::function<absl::Status(std::string_view key, std::string_view value)>;

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

absl::Status MakeFolders(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot make the folder ", folder.string(), ": ", error.message()));
  }
  return absl::OkStatus();
}

// What RocksDB says, with what could not be done and what to do.
absl::Status Failed(const rocksdb::Status& rocks, const std::string& folder, const char* what) {
  absl::Status status = FromRocks(rocks);
  if (status.ok()) return status;
  const char* then = "mend the disk and start again; when it is lost, restore a backup";
  if (absl::IsResourceExhausted(status)) then = "make room and start again; nothing is lost";
  if (absl::IsDataLoss(status)) then = "move the folder away, then restore a backup or start anew";
  return absl::Status(status.code(), absl::StrCat("the state in ", folder, " cannot be ", what,
                                                  ": ", status.message(), ": ", then));
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDb(const rocksdb::Options& options,
                                                    const std::string& folder) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, folder, &db);
  if (IsLockedFolder(status)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the state folder ", folder,
                     " is in use: another shelfd runs on it, or this one opened it twice (",
                     status.ToString(), ")"));
  }
  if (!status.ok()) {
    return Failed(status, folder, "opened");
  }
  return std::unique_ptr<rocksdb::DB>(db);
}

absl::Status ScanDb(rocksdb::DB& db, std::string_view prefix, const Visit& visit) {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  options.readahead_size = 2 << 20;
  const std::unique_ptr<rocksdb::Iterator> row(db.NewIterator(options));
  for (row->Seek(ToSlice(prefix)); row->Valid() && row->key().starts_with(ToSlice(prefix));
       row->Next()) {
    if (absl::Status status = visit(ToView(row->key()), ToView(row->value())); !status.ok()) {
      return status;
    }
  }
  return Failed(row->status(), db.GetName(), "read");
}

// `flush_from_bytes`: from which size of the log on it is flushed into a table first rather than
// copied.
absl::Status CopyDb(rocksdb::DB& db, const std::string& folder, uint64_t flush_from_bytes) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::absolute(folder, error).lexically_normal();
  if (folder.empty() || error) {
    return absl::InvalidArgumentError(absl::StrCat("not a folder's name: '", folder, "'"));
  }
  if (std::filesystem::exists(target, error)) {
    return absl::AlreadyExistsError(absl::StrCat("the folder of a copy must be new: ", folder));
  }
  if (absl::Status status = MakeFolders(target.parent_path()); !status.ok()) {
    return status;
  }
  rocksdb::Checkpoint* raw = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(&db, &raw);
  const std::unique_ptr<rocksdb::Checkpoint> copy(raw);
  if (status.ok()) {
    status = copy->CreateCheckpoint(target.string(), flush_from_bytes);
  }
  return FromRocks(status);
}

class RocksStore : public CheckpointStore {
 public:
  RocksStore(rocksdb::Options options, std::string folder, std::shared_ptr<RocksFailures> failures,
             std::unique_ptr<rocksdb::DB> db)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        failures_(std::move(failures)),
        db_(std::move(db)) {}

  absl::Status Write(CheckpointBatch& batch) override;
  absl::Status Scan(std::string_view prefix, const Visit& visit) override;
  absl::Status CopyTo(const std::string& folder) override;

 private:
  absl::Status Heal();
  absl::Status Reopen();
  absl::Status WriteRows(CheckpointBatch& batch);

  // Constant after construction.
  const rocksdb::Options options_;
  const std::string folder_;
  const std::shared_ptr<RocksFailures> failures_;

  bool must_reopen_ = false;  // the checkpoint thread's

  // Held shared to use the database, alone to replace it.
  Mutex mutex_;
  std::unique_ptr<rocksdb::DB> db_ ABSL_GUARDED_BY(mutex_);  // null when it could not be reopened
};

absl::Status RocksStore::Write(CheckpointBatch& batch) {
  absl::Status status = Heal();
  if (status.ok()) {
    status = WriteRows(batch);
  }
  must_reopen_ = !status.ok();
  return status;
}

// A failed write leaves a log writer that cannot be used again, and DB::Resume uses it: only a new
// database does. A job that failed in the background left the log alone, and Resume repeats it.
absl::Status RocksStore::Heal() {
  if (must_reopen_) {
    return Reopen();
  }
  if (!failures_->Take()) {
    return absl::OkStatus();
  }
  SharedLock lock(mutex_);
  return FromRocks(db_->Resume());
}

absl::Status RocksStore::Reopen() {
  MutexLock lock(mutex_);
  db_.reset();  // first, for it holds the folder's lock
  SHELF_FAILPOINT("state-reopening");
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened = OpenDb(options_, folder_);
  if (!opened.ok()) {
    return opened.status();
  }
  db_ = *std::move(opened);
  failures_->Take();
  return absl::OkStatus();
}

absl::Status RocksStore::WriteRows(CheckpointBatch& batch) {
  rocksdb::WriteBatch rows(batch.bytes());
  rocksdb::Status status;
  batch.VisitSorted([&rows, &status](std::string_view key, std::string_view value) {
    if (status.ok()) {
      status = value.data() == nullptr ? rows.Delete(ToSlice(key))
                                       : rows.Put(ToSlice(key), ToSlice(value));
    }
  });
  if (status.ok()) {
    rocksdb::WriteOptions options;
    options.sync = true;
    SharedLock lock(mutex_);
    SHELF_FAILPOINT("checkpoint-write");
    status = db_->Write(options, &rows);
    if (status.ok()) SHELF_FAILPOINT("checkpoint-written");
  }
  return FromRocks(status);
}

absl::Status RocksStore::Scan(std::string_view prefix, const Visit& visit) {
  SharedLock lock(mutex_);
  if (db_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("the state in ", folder_, " is closed"));
  }
  return ScanDb(*db_, prefix, visit);
}

absl::Status RocksStore::CopyTo(const std::string& folder) {
  SharedLock lock(mutex_);
  if (db_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("the state in ", folder_, " is closed"));
  }
  return CopyDb(*db_, folder, 0);
}

class RocksReader : public CheckpointStore {
 public:
  explicit RocksReader(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}

  absl::Status Write(CheckpointBatch& /*batch*/) override {
    return absl::FailedPreconditionError("the checkpoint is open for reading only");
  }
  absl::Status Scan(std::string_view prefix, const Visit& visit) override {
    return ScanDb(*db_, prefix, visit);
  }
  absl::Status CopyTo(const std::string& folder) override {
    return CopyDb(*db_, folder, std::numeric_limits<uint64_t>::max());
  }

 private:
  const std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CheckpointStore>> OpenRocksStore(const RocksOptions& options) {
  absl::StatusOr<rocksdb::Options> made = MakeRocksOptions(options.raw);
  if (!made.ok()) {
    return made.status();
  }
  auto failures = std::make_shared<RocksFailures>();
  made->listeners = {failures};
  made->info_log = std::make_shared<RocksLog>(options.log);
  if (absl::Status status = MakeFolders(options.folder); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> db = OpenDb(*made, options.folder);
  if (!db.ok()) {
    return db.status();
  }
  return std::make_unique<RocksStore>(*std::move(made), options.folder, std::move(failures),
                                      *std::move(db));
}

absl::StatusOr<std::unique_ptr<CheckpointStore>> OpenRocksStoreReadOnly(const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(folder) / "CURRENT", error)) {
    return absl::NotFoundError(absl::StrCat("no checkpoint in ", folder));
  }
  absl::StatusOr<rocksdb::Options> options = MakeRocksOptions({});
  if (!options.ok()) {
    return options.status();
  }
  options->create_if_missing = false;
  options->info_log = std::make_shared<RocksLog>(nullptr);
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(*options, folder, &db);
  if (!status.ok()) {
    return Failed(status, folder, "opened");
  }
  return std::make_unique<RocksReader>(std::unique_ptr<rocksdb::DB>(db));
}

}  // namespace shelf
