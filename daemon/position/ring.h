// A store's recent movements, so that a statement about the past (a count, a list, the book moving
// on) can be applied under what happened after it. Bounded by bytes and by age.
// THREAD: one owner; no locks.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/source_role.h"
#include "base/time.h"
#include "decode/event.h"

namespace shelf {

// 32 bytes, also as stored (docs/formats/checkpoint.md).
struct Movement {
  int64_t time_ms = 0;  // event time
  int64_t quantity_milli = 0;
  SkuId sku;
  uint32_t previous = 0;  // number of the same position's movement before this; 0 = none
  uint32_t sequence = 0;  // low 32 bits
  uint8_t source = 0;     // index in StoreState::sources
  uint8_t epoch = 0;      // SequenceTracker::epoch_ordinal at that time
  SourceRole role = SourceRole::kBook;  // the source's role then
  Reason reason = Reason::kUnspecified;
};
static_assert(sizeof(Movement) == 32);

// Movements are numbered from 1 in order of arrival and stay addressable by number until dropped.
class MovementRing {
 public:
  // At most `bytes_max` bytes of movements are kept (at least 16 movements).
  explicit MovementRing(size_t bytes_max = 4 << 20);

  // Appends; drops the oldest when the byte bound is reached. Returns the movement's number.
  uint32_t Push(const Movement& movement);

  // Drops the oldest. The ring is not empty.
  void DropFirst();
  // The next Push drops the oldest.
  bool full() const { return size() == movements_max_; }

  // Valid for first() <= number < next().
  const Movement& At(uint32_t number) const { return buffer_[number & (buffer_.size() - 1)]; }
  bool Holds(uint32_t number) const { return number - first_ < next_ - first_; }

  uint32_t first() const { return first_; }
  uint32_t next() const { return next_; }
  uint32_t size() const { return next_ - first_; }
  // Every movement with a later event time than this is still held; kBeforeAllTime when none was
  // ever dropped. A count at or before it cannot be applied.
  EventTime complete_after() const { return complete_after_; }
  size_t bytes() const { return buffer_.capacity() * sizeof(Movement); }

  // For restore: an empty ring whose next movement gets the number `first`.
  void Restore(uint32_t first, EventTime complete_after);
  // For restore: appends, also above the byte bound, which may be less than when it was stored.
  // Then the caller drops down to it (over_full) once it knows what follows from each drop.
  void RestorePush(const Movement& movement) { Append(movement); }
  bool over_full() const { return size() > movements_max_; }

 private:
  uint32_t Append(const Movement& movement);

  size_t movements_max_;
  uint32_t first_ = 1;
  uint32_t next_ = 1;
  EventTime complete_after_ = kBeforeAllTime;
  std::vector<Movement> buffer_;  // size is a power of two
};

}  // namespace shelf
