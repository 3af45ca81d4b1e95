#include "loop/sweep_queue.h"

#include "absl/container/flat_hash_set.h"

namespace shelf {

void SweepQueue::Mark(StoreId store, uint8_t pass, const Cause& cause) {
  Wait& wait = waiting_[store];
  wait.cause = cause;
  if ((wait.passes & pass) != 0) return;
  wait.passes |= pass;
  (pass == kFirst ? first_ : last_).push_back(store);
}

void SweepQueue::Add(StoreId store, const Cause& cause) {
  Mark(store, kFirst, cause);
  Mark(store, kLast, cause);
}

void SweepQueue::AddFalling(StoreId store, const Cause& cause) { Mark(store, kFirst, cause); }

void SweepQueue::AddRising(StoreId store, const Cause& cause) { Mark(store, kLast, cause); }

bool SweepQueue::TakeFrom(std::deque<StoreId>& queue, uint8_t pass, Turn& turn) {
  while (!queue.empty()) {
    const StoreId store = queue.front();
    queue.pop_front();
    const auto found = waiting_.find(store);
    if (found == waiting_.end() || (found->second.passes & pass) == 0) continue;
    Wait& wait = found->second;
    wait.passes = static_cast<uint8_t>(wait.passes & ~pass);
    turn = {.store = store, .falls_only = wait.passes != 0, .cause = wait.cause};
    if (wait.passes == 0) waiting_.erase(found);
    return true;
  }
  return false;
}

bool SweepQueue::Next(Turn& turn) {
  return TakeFrom(first_, kFirst, turn) || TakeFrom(last_, kLast, turn);
}

std::vector<StoreId> SweepQueue::Waiting(const std::deque<StoreId>& queue, uint8_t pass) const {
  std::vector<StoreId> stores;
  absl::flat_hash_set<StoreId> met;
  for (const StoreId store : queue) {
    const auto found = waiting_.find(store);
    const bool waits = found != waiting_.end() && (found->second.passes & pass) != 0;
    if (waits && met.insert(store).second) stores.push_back(store);
  }
  return stores;
}

void SweepQueue::Restore(const std::vector<StoreId>& first, const std::vector<StoreId>& last,
                         const Cause& cause) {
  for (const StoreId store : first) Mark(store, kFirst, cause);
  for (const StoreId store : last) Mark(store, kLast, cause);
}

}  // namespace shelf
