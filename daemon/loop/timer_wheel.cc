#include "loop/timer_wheel.h"

#include <algorithm>

#include "base/check.h"

namespace shelf {
namespace {

// A list's first element points back at its slot with this bit set.
constexpr uint32_t kSlotBit = 0x80000000;
// Further than this the wheel is emptied and filled again instead of turned.
constexpr uint32_t kStepsMax = 100'000;
// In place of a due second: that of the first list. No second is as high.
constexpr uint32_t kInList = 0xfffffffe;

uint32_t Seconds(PartitionTime t) {
  return static_cast<uint32_t>(std::clamp<int64_t>(t.ms / 1000, 0, kInList - 1));
}

}  // namespace

TimerWheel::TimerWheel(PositionTable& positions) : positions_(positions) {
  heads_.fill(Position::kNoTimer);
}

void TimerWheel::Schedule(PositionId id, PartitionTime due) {
  SHELF_CHECK(id.value < kSlotBit, "too many positions for the timer wheel");
  const Position& position = positions_[id];
  const bool scheduled = position.timer_previous != Position::kNoTimer;
  if (due == kNever) {
    if (scheduled) Remove(id);
    return;
  }
  const uint32_t due_s = std::max(Seconds(due), now_s_);
  if (scheduled && position.timer_due_s == due_s) return;
  if (scheduled) Remove(id);
  Insert(id, due_s);
}

void TimerWheel::Insert(PositionId id, uint32_t due_s) {
  // The highest byte in which due and now differ tells the level: everything on a level below
  // comes up before the next turn of that byte.
  const uint32_t differing = due_s ^ now_s_;
  const int level = differing == 0 ? 0 : (31 - __builtin_clz(differing)) / 8;
  const uint32_t slot = static_cast<uint32_t>(level) * kSlots + ((due_s >> (8 * level)) & 255);
  Position& position = positions_[id];
  position.timer_due_s = due_s;
  position.timer_previous = kSlotBit | slot;
  position.timer_next = heads_[slot];
  if (position.timer_next != Position::kNoTimer) {
    positions_[PositionId(position.timer_next)].timer_previous = id.value;
  }
  heads_[slot] = id.value;
  ++size_;
}

void TimerWheel::Remove(PositionId id) {
  Position& position = positions_[id];
  if ((position.timer_previous & kSlotBit) != 0) {
    heads_[position.timer_previous & ~kSlotBit] = position.timer_next;
  } else {
    positions_[PositionId(position.timer_previous)].timer_next = position.timer_next;
  }
  if (position.timer_next != Position::kNoTimer) {
    positions_[PositionId(position.timer_next)].timer_previous = position.timer_previous;
  }
  if (position.timer_due_s >= kInList) {
    List& list = lists_[position.timer_due_s - kInList];
    --list.size;
    if (list.last == id.value) {
      const bool was_alone = (position.timer_previous & kSlotBit) != 0;
      list.last = was_alone ? Position::kNoTimer : position.timer_previous;
    }
  }
  position.timer_next = position.timer_previous = Position::kNoTimer;
  --size_;
}

void TimerWheel::Append(uint32_t list, PositionId id) {
  List& at = lists_[list];
  Position& position = positions_[id];
  position.timer_due_s = kInList + list;
  position.timer_next = Position::kNoTimer;
  if (at.last == Position::kNoTimer) {
    position.timer_previous = kSlotBit | (kWheelSlots + list);
    heads_[kWheelSlots + list] = id.value;
  } else {
    position.timer_previous = at.last;
    positions_[PositionId(at.last)].timer_next = id.value;
  }
  at.last = id.value;
  ++at.size;
  ++size_;
}

bool TimerWheel::Take(uint32_t list, PositionId& id) {
  if (lists_[list].size == 0) return false;
  id = PositionId(heads_[kWheelSlots + list]);
  Remove(id);
  return true;
}

void TimerWheel::AddLateRise(PositionId id) {
  if (positions_[id].timer_previous != Position::kNoTimer) Remove(id);
  Append(kLateRises, id);
}

bool TimerWheel::HasComeUp(PositionId id) const {
  const Position& position = positions_[id];
  return position.timer_previous != Position::kNoTimer && position.timer_due_s >= kInList;
}

void TimerWheel::Collect(uint32_t slot, std::vector<PositionId>& out) {
  while (heads_[slot] != Position::kNoTimer) {
    const PositionId id(heads_[slot]);
    Remove(id);
    out.push_back(id);
  }
}

void TimerWheel::Advance(PartitionTime now) {
  const uint32_t second = Seconds(now);
  if (second < now_s_) return;
  come_up_.clear();
  Collect(now_s_ & 255, come_up_);  // the current second can have got more since
  if (second - now_s_ > kStepsMax) {
    JumpTo(second, come_up_);
  } else {
    while (now_s_ < second) StepTo(now_s_ + 1, come_up_);
  }
  for (const PositionId id : come_up_) Append(kDue, id);
}

void TimerWheel::StepTo(uint32_t second, std::vector<PositionId>& due) {
  now_s_ = second;
  for (int level = kLevels - 1; level > 0; --level) {
    // A higher byte turned: what waits in its slot spreads over the levels below.
    if ((second & ((1U << (8 * level)) - 1)) != 0) continue;
    scratch_.clear();
    Collect(static_cast<uint32_t>(level) * kSlots + ((second >> (8 * level)) & 255), scratch_);
    for (const PositionId id : scratch_) Insert(id, positions_[id].timer_due_s);
  }
  Collect(second & 255, due);
}

void TimerWheel::JumpTo(uint32_t second, std::vector<PositionId>& due) {
  scratch_.clear();
  if (size_ != 0) {
    for (uint32_t slot = 0; slot < kWheelSlots; ++slot) Collect(slot, scratch_);
  }
  now_s_ = second;
  for (const PositionId id : scratch_) {
    const uint32_t due_s = positions_[id].timer_due_s;
    if (due_s <= second) {
      due.push_back(id);
    } else {
      Insert(id, due_s);
    }
  }
}

}  // namespace shelf
