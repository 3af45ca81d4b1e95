// Where records come from. One Source is the daemon's view of a set of assigned partitions of one
// topic; it never commits anything: the checkpoint holds the offsets.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace shelf {

// One record, borrowed: the views live until the next call of Poll.
struct Record {
  int32_t partition = 0;
  int64_t offset = 0;
  int64_t timestamp_ms = 0;  // Kafka's, LogAppendTime; 0 when there is none
  bool has_value = true;     // false: a tombstone
  std::string_view key;
  std::string_view value;
};

// In place of an offset: the first record the log still has, or the one that comes next.
inline constexpr int64_t kFromBeginning = -2;
inline constexpr int64_t kFromEnd = -1;

// A partition and the offset to read next: >= 0, kFromBeginning or kFromEnd.
struct PartitionOffset {
  int32_t partition = 0;
  int64_t offset = 0;
};

// THREAD: all calls from the owning worker's thread.
class Source {
 public:
  virtual ~Source() = default;

  // Waits at most `wait_ms` for the first record, then takes what is there, at most `records_max`.
  // `out` is cleared first. Records of one partition come in offset order without a hole that the
  // log does not have (compaction makes holes). An error is the environment's (broker down is not
  // an error: nothing comes). OutOfRange: an assigned offset is no longer in the log.
  virtual absl::Status Poll(int wait_ms, size_t records_max, std::vector<Record>& out) = 0;

  // The largest offset at which Poll is known to have found the partition's end: nothing below it
  // is still to come, even where the log's last offsets hold nothing for consumers (compacted away,
  // or markers of transactions). -1 = not known; a source may never know.
  virtual int64_t EndSeen(int32_t /*partition*/) const { return -1; }
};

}  // namespace shelf
