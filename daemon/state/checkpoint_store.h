// The durable side of the state: rows of opaque bytes, written in atomic sorted batches. What the
// rows mean stands in state/rows.h and docs/formats/checkpoint.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace shelf {

// The rows of one checkpoint, gathered by the worker, written by the checkpoint thread. Keys and
// values lie in one buffer. The last operation on a key wins. Keys are not empty.
class CheckpointBatch {
 public:
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  void Clear();  // keeps the capacity
  // As if every operation of `later` were done here now.
  void Append(const CheckpointBatch& later);
  // Forgets the operations that a later one on the same key made void.
  void DropSuperseded();
  bool empty() const { return rows_.empty(); }
  size_t rows() const { return rows_.size(); }
  size_t bytes() const { return buffer_.size() + rows_.size() * sizeof(Row); }

  // Sorts by key (stable, last wins) and visits each key once, ascending.
  // value.data() == nullptr: a deletion.
  void VisitSorted(const std::function<void(std::string_view key, std::string_view value)>& visit);

 private:
  struct Row {
    uint64_t at;
    uint32_t key_bytes, value_bytes;
    bool deleted;
  };
  std::string buffer_;
  std::vector<Row> rows_;
};

class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;

  // All rows or none, durable (synced) when it returns ok. After an error it is unknown which of
  // the two until the next ok: write the same rows or newer values of them again. A store that
  // failed heals itself on a later Write when the cause is gone. THREAD: the checkpoint thread.
  virtual absl::Status Write(CheckpointBatch& batch) = 0;

  // Visits every row whose key starts with `prefix`, ascending; stops at the first error of
  // `visit` and returns it. A write that comes meanwhile is not in it. THREAD: any.
  virtual absl::Status Scan(
      std::string_view prefix,
      const std::function<absl::Status(std::string_view key, std::string_view value)>& visit) = 0;

  // A consistent copy (hard links where the file system can) into a new folder, while writes go
  // on: it ends between two batches. Parents of `folder` are made; AlreadyExists when `folder` is
  // there. THREAD: any.
  virtual absl::Status CopyTo(const std::string& folder) = 0;
};

}  // namespace shelf
