// The partitions of a recording as one stream in the order of Kafka's times, so that they stay in
// step with one another as they were. One record of each lies in memory.
// THREAD: one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "replay/record_file.h"
#include "replay/recording.h"

namespace shelf {

class LogMerge {
 public:
  // `partitions`: which of the recording's; empty: all.
  static absl::StatusOr<LogMerge> Open(const std::string& folder, const RecordingInfo& info,
                                       const std::vector<int32_t>& partitions = {});

  // The next record, borrowed until the next call of Next; null at the end. Of one partition in the
  // order of offsets; over partitions by time, where a time that goes back counts as the one before
  // it, then by partition.
  const Record* Next();

  // What of the recording could not be read so far, a sentence each.
  std::vector<std::string> Damages() const;

 private:
  struct Stream {
    std::unique_ptr<RecordFileReader> file;
    const Record* next = nullptr;
    int64_t time_ms = 0;  // of `next`, never falling
  };
  static bool Later(const Stream& one, const Stream& other) {
    return std::pair(one.time_ms, one.next->partition) >
           std::pair(other.time_ms, other.next->partition);
  }
  void Push(Stream stream);

  std::vector<Stream> heap_;  // by Later, those that have a next record
  std::vector<Stream> ended_;
  bool given_ = false;  // the first of heap_ was handed out
};

}  // namespace shelf
