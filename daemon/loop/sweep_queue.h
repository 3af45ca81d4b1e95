// The stores of a partition that wait to be evaluated whole, since something changed that concerns
// all their positions. What may take numbers away goes first: a store that waits in both passes is
// evaluated twice, and its first evaluation lets only falls out, so that no rise of one store goes
// before a fall of another that became necessary with it or earlier. Falls that come later do not
// keep it waiting for ever, see RisesAreOwed.
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
  // Its numbers may fall and rise: both passes. Here and below `cause.offset` says what came
  // before what; it never goes back.
  void Add(StoreId store, const Cause& cause);
  // The same, and its first evaluation goes before those of all that are not urgent: what must not
  // be sold any more does not queue behind a change of rules.
  void AddUrgent(StoreId store, const Cause& cause);
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
  // The next one of the first pass; false: none waits there.
  bool NextFirst(Turn& turn);
  // The next one of the second pass, which waits nowhere any more; false: none waits there, or a
  // store still waits in the first pass that has waited there as long.
  bool NextLast(Turn& turn);
  // NextLast would give one.
  bool RisesAreOwed();
  // Every store that waits in the first pass came to it after `offset`.
  bool FallsAreDone(int64_t offset);

  bool empty() const { return waiting_.empty(); }
  size_t stores() const { return waiting_.size(); }  // that wait in any pass
  // Why the store waits, in any pass; null: it does not. Until the next change.
  const Cause* WhyWaits(StoreId store) const;
  bool WaitsInFirst(StoreId store) const;
  bool AnyInFirst() const;

  // For the checkpoint: who waits in either pass, in order.
  std::vector<StoreId> First() const;
  std::vector<StoreId> Last() const;
  // Fills an empty queue. Those of the second pass count as if they came with what is added next.
  void Restore(const std::vector<StoreId>& first, const std::vector<StoreId>& last,
               const Cause& cause);

 private:
  // In one pass.
  struct Place {
    uint64_t ticket = 0;  // of its entry; 0: it does not wait there
    int64_t since = 0;    // the offset of what made it necessary, oldest
  };
  struct Wait {
    Place first, last;
    bool urgent = false;
    Cause cause;
  };
  // Stale when the store does not wait by that ticket any more: then it is passed over.
  struct Entry {
    StoreId store;
    uint64_t ticket = 0;
  };
  using Queue = std::deque<Entry>;

  Wait& Note(StoreId store, const Cause& cause);
  void Join(StoreId store, Place& place, int64_t since, Queue& queue);
  // The store's wait when its entry is not stale.
  const Wait* WaitOf(const Entry& entry, Place Wait::*pass) const;
  // Where the first of the queue that is not stale waits; null: none.
  const Place* Head(Queue& queue, Place Wait::*pass);
  void AppendWaiting(const Queue& queue, Place Wait::*pass, std::vector<StoreId>& stores) const;

  Queue urgent_, first_, last_;  // the first two: of the first pass
  absl::flat_hash_map<StoreId, Wait> waiting_;
  uint64_t tickets_ = 0;
};

}  // namespace shelf
