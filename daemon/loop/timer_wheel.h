// The due queue of a partition: positions by the second at which their answer may change by itself.
// A hierarchical wheel (four levels of 256 slots) whose lists run through the positions themselves:
// scheduling again moves the one entry, so there are no stale ones.
// THREAD: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "position/position_table.h"

namespace shelf {

class TimerWheel {
 public:
  // Borrows `positions`, which outlives the wheel.
  explicit TimerWheel(PositionTable& positions);

  // The position is due at `due` (kNever: takes it off). A due time already reached comes up with
  // the next Advance.
  void Schedule(PositionId id, PartitionTime due);

  // Moves on to `now` and appends every position due up to then, each once; they are off the wheel.
  // Seconds are the grain: a position may come up to 999 ms early and is then scheduled again.
  void Advance(PartitionTime now, std::vector<PositionId>& due);

  uint32_t size() const { return size_; }

 private:
  static constexpr int kLevels = 4;
  static constexpr uint32_t kSlots = 256;

  void Insert(PositionId id, uint32_t due_s);
  void Remove(PositionId id);
  void Collect(uint32_t slot, std::vector<PositionId>& out);
  void StepTo(uint32_t second, std::vector<PositionId>& due);
  void JumpTo(uint32_t second, std::vector<PositionId>& due);

  PositionTable& positions_;
  uint32_t now_s_ = 0;
  uint32_t size_ = 0;
  std::array<uint32_t, kLevels * kSlots> heads_;
  std::vector<PositionId> scratch_;
};

}  // namespace shelf
