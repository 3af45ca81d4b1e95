#include "loop/sweep_queue.h"

#include <algorithm>
#include <limits>

namespace shelf {

SweepQueue::Wait& SweepQueue::Note(StoreId store, const Cause& cause) {
  Wait& wait = waiting_[store];
  wait.cause = cause;
  return wait;
}

void SweepQueue::Join(StoreId store, Place& place, int64_t since, Queue& queue) {
  if (place.ticket != 0) {
    place.since = std::min(place.since, since);
    return;
  }
  place = {.ticket = ++tickets_, .since = since};
  queue.push_back({store, place.ticket});
}

void SweepQueue::Add(StoreId store, const Cause& cause) {
  Wait& wait = Note(store, cause);
  Join(store, wait.first, cause.offset, first_);
  Join(store, wait.last, cause.offset, last_);
}

void SweepQueue::AddUrgent(StoreId store, const Cause& cause) {
  Wait& wait = Note(store, cause);
  if (!wait.urgent) wait.first.ticket = 0;  // leaves its place among the others
  wait.urgent = true;
  Join(store, wait.first, cause.offset, urgent_);
  Join(store, wait.last, cause.offset, last_);
}

void SweepQueue::AddFalling(StoreId store, const Cause& cause) {
  Join(store, Note(store, cause).first, cause.offset, first_);
}

void SweepQueue::AddRising(StoreId store, const Cause& cause) {
  Join(store, Note(store, cause).last, cause.offset, last_);
}

const SweepQueue::Wait* SweepQueue::WaitOf(const Entry& entry, Place Wait::*pass) const {
  const auto found = waiting_.find(entry.store);
  const bool waits = found != waiting_.end() && (found->second.*pass).ticket == entry.ticket;
  return waits ? &found->second : nullptr;
}

const SweepQueue::Place* SweepQueue::Head(Queue& queue, Place Wait::*pass) {
  while (!queue.empty()) {
    const Wait* const wait = WaitOf(queue.front(), pass);
    if (wait != nullptr) return &(wait->*pass);
    queue.pop_front();
  }
  return nullptr;
}

bool SweepQueue::NextFirst(Turn& turn) {
  Queue& queue = Head(urgent_, &Wait::first) != nullptr ? urgent_ : first_;
  if (Head(queue, &Wait::first) == nullptr) return false;
  const StoreId store = queue.front().store;
  queue.pop_front();
  const auto found = waiting_.find(store);
  Wait& wait = found->second;
  wait.first = {};
  wait.urgent = false;
  const bool once_more = wait.last.ticket != 0;
  turn = {.store = store, .falls_only = once_more, .cause = wait.cause};
  if (!once_more) waiting_.erase(found);
  return true;
}

bool SweepQueue::NextLast(Turn& turn) {
  if (!RisesAreOwed()) return false;
  const StoreId store = last_.front().store;
  last_.pop_front();
  const auto found = waiting_.find(store);
  turn = {.store = store, .falls_only = false, .cause = found->second.cause};
  // All of it is let out: there is nothing left to fall either.
  waiting_.erase(found);
  return true;
}

bool SweepQueue::RisesAreOwed() {
  const Place* const head = Head(last_, &Wait::last);
  return head != nullptr && FallsAreDone(head->since);
}

bool SweepQueue::FallsAreDone(int64_t offset) {
  for (Queue* const queue : {&urgent_, &first_}) {
    const Place* const head = Head(*queue, &Wait::first);
    if (head != nullptr && head->since <= offset) return false;
  }
  return true;
}

const Cause* SweepQueue::WhyWaits(StoreId store) const {
  if (waiting_.empty()) return nullptr;
  const auto found = waiting_.find(store);
  return found != waiting_.end() ? &found->second.cause : nullptr;
}

bool SweepQueue::WaitsInFirst(StoreId store) const {
  const auto found = waiting_.find(store);
  return found != waiting_.end() && found->second.first.ticket != 0;
}

bool SweepQueue::AnyInFirst() const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [](const auto& entry) { return entry.second.first.ticket != 0; });
}

void SweepQueue::AppendWaiting(const Queue& queue, Place Wait::*pass,
                               std::vector<StoreId>& stores) const {
  for (const Entry& entry : queue) {
    if (WaitOf(entry, pass) != nullptr) stores.push_back(entry.store);
  }
}

std::vector<StoreId> SweepQueue::First() const {
  std::vector<StoreId> stores;
  AppendWaiting(urgent_, &Wait::first, stores);
  AppendWaiting(first_, &Wait::first, stores);
  return stores;
}

std::vector<StoreId> SweepQueue::Last() const {
  std::vector<StoreId> stores;
  AppendWaiting(last_, &Wait::last, stores);
  return stores;
}

void SweepQueue::Restore(const std::vector<StoreId>& first, const std::vector<StoreId>& last,
                         const Cause& cause) {
  for (const StoreId store : first) {
    Join(store, Note(store, cause).first, cause.offset, first_);
  }
  for (const StoreId store : last) {
    Join(store, Note(store, cause).last, std::numeric_limits<int64_t>::max(), last_);
  }
}

}  // namespace shelf
