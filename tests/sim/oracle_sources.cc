#include "sim/oracle_sources.h"

#include <algorithm>

namespace shelf::sim::oracle {
namespace {

constexpr int kRunsMax = 64;

}  // namespace

Role RoleByName(const std::string& source) {
  if (source == "erp") return Role::kBook;
  return source == "pos" ? Role::kEarly : Role::kEvidence;
}

Arrival Source::Arrive(uint64_t arrived_epoch, uint64_t sequence) {
  if (arrived_epoch < epoch_) return Arrival::kOldEpoch;
  const bool is_later = arrived_epoch > epoch_;
  if (!is_later && (sequence <= forgiven_ || came_.contains(sequence))) return Arrival::kDuplicate;
  if (is_later) {
    promised_before_ = Promised();
    came_.clear();
    forgiven_ = 0;
  }
  began_anew_ = is_later && epoch_ != 0;
  epoch_ = arrived_epoch;

  const uint64_t complete = Complete();
  const bool stands_alone =
      sequence > complete + 1 && !came_.contains(sequence - 1) && !came_.contains(sequence + 1);
  if (stands_alone && RunsBeyond(complete) == kRunsMax) return Arrival::kTooManyGaps;
  showed_gap_ = stands_alone;
  came_[sequence] = 0;
  return Arrival::kNew;
}

void Source::Promise(uint64_t sequence, int64_t through_ms) {
  int64_t& promise_ms = came_[sequence];
  promise_ms = std::max(promise_ms, through_ms);
}

uint64_t Source::Complete() const {
  uint64_t complete = forgiven_;
  for (auto next = came_.upper_bound(complete); next != came_.end(); ++next) {
    if (next->first != complete + 1) break;
    complete = next->first;
  }
  return complete;
}

int64_t Source::Promised() const {
  int64_t promised_ms = promised_before_;
  const uint64_t complete = Complete();
  for (const auto& [sequence, promise_ms] : came_) {
    if (sequence > complete) break;
    promised_ms = std::max(promised_ms, promise_ms);
  }
  return promised_ms;
}

int Source::RunsBeyond(uint64_t complete) const {
  int runs = 0;
  uint64_t previous = complete;
  for (auto next = came_.upper_bound(complete); next != came_.end(); ++next) {
    if (next->first != previous + 1) ++runs;
    previous = next->first;
  }
  return runs;
}

}  // namespace shelf::sim::oracle
