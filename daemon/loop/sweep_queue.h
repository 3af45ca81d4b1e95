// The stores of a partition that wait to be evaluated whole, since something changed that concerns
// all their positions. What may take numbers away goes first: a store that waits in both passes is
// evaluated twice, and its first evaluation lets only falls out, so that no rise of one store goes
// before a fall of another.
// THREAD: one owner; no locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/cause.h"
#include "base/ids.h"

namespace shelf {

class SweepQueue {
 public:
  // Its numbers may fall and rise: both passes.
  void Add(StoreId store, const Cause& cause);
  // It can only fall: the first pass alone, which then lets everything out.
  void AddFalling(StoreId store, const Cause& cause);
  // It can only rise: the second pass alone.
  void AddRising(StoreId store, const Cause& cause);
  // It has just been evaluated whole.
  void Forget(StoreId store) { waiting_.erase(store); }

  struct Turn {
    StoreId store;
    bool falls_only = false;
    Cause cause;  // what made it necessary, newest
  };
  // The next one, which does not wait in that pass any more; false: none waits. The second pass
  // begins when nobody waits in the first.
  bool Next(Turn& turn);

  bool empty() const { return waiting_.empty(); }
  size_t stores() const { return waiting_.size(); }  // that wait in any pass

  // For the checkpoint: who waits in either pass, in order.
  std::vector<StoreId> First() const { return Waiting(first_, kFirst); }
  std::vector<StoreId> Last() const { return Waiting(last_, kLast); }
  // Fills an empty queue.
  void Restore(const std::vector<StoreId>& first, const std::vector<StoreId>& last,
               const Cause& cause);

 private:
  static constexpr uint8_t kFirst = 1;
  static constexpr uint8_t kLast = 2;
  struct Wait {
    uint8_t passes = 0;
    Cause cause;
  };

  void Mark(StoreId store, uint8_t pass, const Cause& cause);
  std::vector<StoreId> Waiting(const std::deque<StoreId>& queue, uint8_t pass) const;
  bool TakeFrom(std::deque<StoreId>& queue, uint8_t pass, Turn& turn);

  // A store may stand in a queue that it does not wait in any more: it is passed over there.
  std::deque<StoreId> first_, last_;
  absl::flat_hash_map<StoreId, Wait> waiting_;
};

}  // namespace shelf
