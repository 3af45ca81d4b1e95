#include "state/rocks_status.h"

#include <string>

namespace shelf {
namespace {

absl::StatusCode IoErrorCode(const rocksdb::Status& status) {
  switch (status.subcode()) {
    case rocksdb::Status::kNoSpace:
    case rocksdb::Status::kSpaceLimit:
      return absl::StatusCode::kResourceExhausted;
    case rocksdb::Status::kPathNotFound:
      return absl::StatusCode::kNotFound;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

absl::StatusCode CodeOf(const rocksdb::Status& status) {
  switch (status.code()) {
    case rocksdb::Status::kOk:
      return absl::StatusCode::kOk;
    case rocksdb::Status::kNotFound:
      return absl::StatusCode::kNotFound;
    case rocksdb::Status::kCorruption:
      return absl::StatusCode::kDataLoss;
    case rocksdb::Status::kNotSupported:
      return absl::StatusCode::kUnimplemented;
    case rocksdb::Status::kInvalidArgument:
      return absl::StatusCode::kInvalidArgument;
    case rocksdb::Status::kIOError:
      return IoErrorCode(status);
    case rocksdb::Status::kTimedOut:
      return absl::StatusCode::kDeadlineExceeded;
    case rocksdb::Status::kAborted:
    case rocksdb::Status::kShutdownInProgress:
      return absl::StatusCode::kAborted;
    case rocksdb::Status::kIncomplete:
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kTryAgain:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status) {
  return absl::Status(CodeOf(status), status.ToString());
}

bool IsLockedFolder(const rocksdb::Status& status) {
  // No code tells it, only the words: of fcntl for another process, of RocksDB for our own.
  const std::string words = status.ToString();
  return status.IsIOError() && (words.find("While lock file") != std::string::npos ||
                                words.find("lock hold by current process") != std::string::npos);
}

}  // namespace shelf
