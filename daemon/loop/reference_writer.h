// What operators decide is a record of the `reference` topic like any other: it is written there,
// read back, and comes into force with the tick that names it. So whoever reads the log again
// decides the same at the same place.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/sink.h"

namespace shelf {

class ReferenceWriter {
 public:
  // Records that may wait for the broker, and how many of them are remembered after their end.
  static constexpr size_t kWaitingMax = 1000;

  // Borrows the sink.
  explicit ReferenceWriter(Sink& sink) : sink_(sink) {}

  // Queues the record; its number, by which FateOf knows it. Unavailable: kWaitingMax wait.
  absl::StatusOr<uint32_t> Append(std::string key, std::string value);

  // Sends what waits, one at a time, so that of two records of a key the later stays the later.
  // What did not arrive is sent again, unless the broker will never take it.
  void Flush();
  // Of a record with a tag of kind kReference.
  void Delivered(const Delivery& delivery);

  // How it ended; nullopt: it waits or is on its way. ok: it is in the log at `offset`, -1 where
  // the broker did not say. NotFound: long ago. Else what the broker says against it.
  struct Fate {
    absl::Status status;
    int64_t offset = -1;
  };
  std::optional<Fate> FateOf(uint32_t number) const;
  // Whether a record of that key waits or is on its way.
  bool Waits(std::string_view key) const;
  // The keys of all records that are not known to be in force, each once: they wait, are on their
  // way, or stand in the log after `in_force`.
  std::set<std::string, std::less<>> KeysAfter(int64_t in_force) const;

  bool empty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    uint32_t number;
    std::string key, value;
  };
  struct Ended {
    std::string key;
    Fate fate;
  };
  void End(Fate fate);

  Sink& sink_;
  std::deque<Waiting> waiting_;  // the first may be in flight
  bool in_flight_ = false;
  uint32_t appended_ = 0;
  std::deque<Ended> ended_;  // the newest
};

}  // namespace shelf
