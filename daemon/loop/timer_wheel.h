// The due queue of a partition: positions by the second at which their answer may change by itself.
// A hierarchical wheel (four levels of 256 slots) whose lists run through the positions themselves:
// scheduling again moves the one entry, so there are no stale ones. What has come up waits in a
// list to be taken, in the order in which it came. THREAD: one owner.
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

  // The position is due at `due` (kNever: takes it off), wherever it waited. A due time already
  // reached comes up with the next Advance.
  void Schedule(PositionId id, PartitionTime due);

  // Moves on to `now`: every position due up to then waits to be taken. Seconds are the grain: a
  // position may come up to 999 ms early and is then scheduled again.
  void Advance(PartitionTime now);

  // The next of those that have come up, which is off the wheel then; false: there is none.
  bool TakeDue(PositionId& id) { return Take(kDue, id); }
  uint32_t due() const { return lists_[kDue].size; }
  // The position has been taken, and what would rise of it waits to be taken once more.
  void AddLateRise(PositionId id);
  bool TakeLateRise(PositionId& id) { return Take(kLateRises, id); }
  uint32_t late_rises() const { return lists_[kLateRises].size; }
  // It has come up, and waits in either list.
  bool HasComeUp(PositionId id) const;

  // Positions that are scheduled or have come up.
  uint32_t size() const { return size_; }

 private:
  static constexpr int kLevels = 4;
  static constexpr uint32_t kSlots = 256;
  static constexpr uint32_t kWheelSlots = kLevels * kSlots;
  // The lists of what has come up; their heads stand behind the wheel's.
  static constexpr uint32_t kDue = 0;
  static constexpr uint32_t kLateRises = 1;
  static constexpr uint32_t kLists = 2;
  struct List {
    uint32_t last = Position::kNoTimer;
    uint32_t size = 0;
  };

  void Insert(PositionId id, uint32_t due_s);
  void Remove(PositionId id);
  void Append(uint32_t list, PositionId id);
  bool Take(uint32_t list, PositionId& id);
  void Collect(uint32_t slot, std::vector<PositionId>& out);
  void StepTo(uint32_t second, std::vector<PositionId>& due);
  void JumpTo(uint32_t second, std::vector<PositionId>& due);

  PositionTable& positions_;
  uint32_t now_s_ = 0;
  uint32_t size_ = 0;
  std::array<uint32_t, kWheelSlots + kLists> heads_;
  std::array<List, kLists> lists_;
  std::vector<PositionId> scratch_, come_up_;  // reused
};

}  // namespace shelf
