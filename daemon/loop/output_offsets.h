// Which offsets of our output partitions are ours. Somebody else's record (a predecessor that was
// thought dead and woke up) shows as an offset between two of our own, or as an end of the log
// above them while nothing of ours is on its way. Such spans have to be read: the newest record of
// a key may not be ours there.
//
// A span may also hold records of our own whose acknowledgement was lost, or nothing at all
// (compacted away). Whoever reads it finds out; here only offsets are known.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "io/sink.h"

namespace shelf {

using OutputPartition = std::pair<Topic, int32_t>;

// Offsets from <= offset < to of an output partition.
struct OutputSpan {
  OutputPartition output;
  int64_t from = 0;
  int64_t to = 0;
  friend bool operator==(const OutputSpan&, const OutputSpan&) = default;
};

class OutputOffsets {
 public:
  // Where the logs ended when everything below was known: there ours begin. A partition that is
  // not named begins at 0.
  void Begin(const std::map<OutputPartition, int64_t>& ends);

  // A record of ours is on its way; Delivered follows, whatever becomes of it.
  void Sent(const OutputPartition& output) { ++logs_[output].in_flight; }
  void Delivered(const Delivery& delivery);

  // The log ended at `end` at some moment between the call before and this one. Says nothing about
  // others while records of ours are on their way: the end may lie behind them.
  // True: the log was cut off or made anew, so that records of ours are gone; whatever was said has
  // to be said again, and the log is known from its new end on. It has to end too early twice in a
  // row, since a new leader may know less than the old one for a moment.
  bool SawEnd(const OutputPartition& output, int64_t end);

  // What is to be read, by partition and offset. At most kSpansMax for each partition: further ones
  // are taken together with the last, and with our own records between.
  std::vector<OutputSpan> Unread() const;
  // The keys of all records in the span, of those that Unread named, are dirty now.
  void Read(const OutputSpan& span);

  // For the checkpoint: from there on a successor has to read what stands in the outputs.
  std::map<OutputPartition, int64_t> KnownTo() const;

  static constexpr size_t kSpansMax = 64;

 private:
  struct Log {
    int64_t next = 0;  // after our newest, or after what was seen of others
    size_t in_flight = 0;
    int64_t next_at_last_look = 0;  // `next` when SawEnd was called last: the log cannot end before
    bool ended_early = false;       // it did all the same, then
    std::vector<std::pair<int64_t, int64_t>> unread;  // rising, disjoint; all below next
  };
  static void MoveTo(int64_t next, Log& log);

  std::map<OutputPartition, Log> logs_;
};

}  // namespace shelf
