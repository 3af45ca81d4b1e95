// What the two sides offer of each key, as it changes, and what follows from it over time: means by
// channel and category, the course of each channel, the keys on which the sides differ.
//
// Time is partition time. A partition counts from the later of `count_from` and its first tick.
// THREAD: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/figures.h"
#include "replay/labels.h"

namespace shelf {

// A key as figures are added up by it.
struct OfferKey {
  PositionId position;
  int32_t partition = 0;
  Label channel = 0;
  Label category = 0;
};

class Offers {
 public:
  explicit Offers(PartitionTime count_from) : count_from_(count_from) {}

  // The partition's offers are told from here on.
  void Begin(int32_t partition, PartitionTime now);
  bool begun(int32_t partition) const { return partitions_.contains(partition); }

  // From `now` on the side offers `milli` of the key, >= 0. The key's partition has begun.
  void Set(int side, const OfferKey& key, int64_t milli, PartitionTime now);
  int64_t Of(int side, PositionId position, Label channel) const;
  // The most that the side offers of the position on any channel.
  int64_t BestOf(int side, PositionId position) const;

  // The partition's time has come to `now`.
  void Advance(int32_t partition, PartitionTime now);

  // What all keys of a channel offer together now.
  int64_t TotalOf(int side, Label channel) const;

  // The time that counts so far: from the first begin to the last Advance.
  PartitionTime from() const;
  PartitionTime to() const;
  // Mean over that time, in thousandths.
  double MeanOf(int side, Label channel, Label category) const;

  struct Difference {
    PositionId position;
    Label channel = 0;
    double mean_milli = 0;  // new less old
  };
  // All keys on which the sides ever differed for a time that counts, in no order.
  std::vector<Difference> Differences() const;

 private:
  // A quantity over time.
  struct Course {
    int64_t milli = 0;
    int64_t since_ms = 0;
    double milli_ms = 0;  // its sum over the time before
  };
  struct Partition {
    PartitionTime begun, now;
    std::array<std::vector<std::vector<Course>>, kSides> cells;  // by category, channel
  };

  void MoveOn(Course& course, int64_t milli, int64_t now_ms) const;
  double SumAt(const Course& course, int64_t now_ms) const;
  void NoteDifference(const OfferKey& key, int64_t now_ms);
  double MeanOver(double milli_ms) const;

  const PartitionTime count_from_;
  std::map<int32_t, Partition> partitions_;
  std::array<std::vector<std::vector<int64_t>>, kSides> offered_;  // by channel, position
  std::array<std::vector<int64_t>, kSides> totals_;                // by channel
  struct Differing {
    Course course;
    int32_t partition = 0;
  };
  absl::flat_hash_map<uint64_t, Differing> differing_;  // by channel and position
};

}  // namespace shelf
