#include "replay/offers.h"

#include <algorithm>

namespace shelf {
namespace {

template <typename T>
T& Grown(std::vector<T>& values, size_t index) {
  if (index >= values.size()) values.resize(index + 1);
  return values[index];
}

// Positions come by ones.
int64_t& GrownInSteps(std::vector<int64_t>& values, size_t index) {
  if (index >= values.size()) values.resize(std::max(index + 1, values.size() * 3 / 2));
  return values[index];
}

uint64_t Packed(PositionId position, Label channel) {
  return uint64_t{channel} << 32 | position.value;
}

}  // namespace

void Offers::Begin(int32_t partition, PartitionTime now) {
  partitions_[partition] = {.begun = std::max(now, count_from_), .now = now, .cells = {}};
}

double Offers::SumAt(const Course& course, int64_t now_ms) const {
  const int64_t counted_ms = now_ms - std::max(course.since_ms, count_from_.ms);
  if (counted_ms <= 0) return course.milli_ms;
  return course.milli_ms + static_cast<double>(course.milli) * static_cast<double>(counted_ms);
}

void Offers::MoveOn(Course& course, int64_t milli, int64_t now_ms) const {
  course.milli_ms = SumAt(course, now_ms);
  course.since_ms = now_ms;
  course.milli = milli;
}

void Offers::Set(int side, const OfferKey& key, int64_t milli, PartitionTime now) {
  const auto s = static_cast<size_t>(side);
  int64_t& offered = GrownInSteps(Grown(offered_[s], key.channel), key.position.value);
  const int64_t change = milli - offered;
  if (change == 0) return;
  offered = milli;
  Grown(totals_[s], key.channel) += change;
  Partition& partition = partitions_.at(key.partition);
  Course& cell = Grown(Grown(partition.cells[s], key.category), key.channel);
  MoveOn(cell, cell.milli + change, now.ms);
  NoteDifference(key, now.ms);
}

void Offers::NoteDifference(const OfferKey& key, int64_t now_ms) {
  const int64_t difference =
      Of(kNewSide, key.position, key.channel) - Of(kOldSide, key.position, key.channel);
  const uint64_t packed = Packed(key.position, key.channel);
  const auto known = differing_.find(packed);
  if (known == differing_.end()) {
    if (difference == 0) return;
    differing_[packed] = {.course = {.milli = difference, .since_ms = now_ms},
                          .partition = key.partition};
    return;
  }
  Course& course = known->second.course;
  MoveOn(course, difference, now_ms);
  // Within one tick the sides take turns: what lasted no time was no difference.
  if (difference == 0 && course.milli_ms == 0) differing_.erase(known);
}

int64_t Offers::Of(int side, PositionId position, Label channel) const {
  const auto& channels = offered_[static_cast<size_t>(side)];
  if (channel >= channels.size() || position.value >= channels[channel].size()) return 0;
  return channels[channel][position.value];
}

int64_t Offers::BestOf(int side, PositionId position) const {
  int64_t best = 0;
  const size_t channels = offered_[static_cast<size_t>(side)].size();
  for (Label c = 0; c < channels; ++c) best = std::max(best, Of(side, position, c));
  return best;
}

void Offers::Advance(int32_t partition, PartitionTime now) {
  PartitionTime& known = partitions_.at(partition).now;
  known = std::max(known, now);
}

int64_t Offers::TotalOf(int side, Label channel) const {
  const std::vector<int64_t>& totals = totals_[static_cast<size_t>(side)];
  return channel < totals.size() ? totals[channel] : 0;
}

PartitionTime Offers::from() const {
  PartitionTime first = kNever;
  for (const auto& [id, partition] : partitions_) first = std::min(first, partition.begun);
  return partitions_.empty() ? PartitionTime{} : first;
}

PartitionTime Offers::to() const {
  PartitionTime last;
  for (const auto& [id, partition] : partitions_) last = std::max(last, partition.now);
  return std::max(last, from());
}

double Offers::MeanOver(double milli_ms) const {
  const int64_t counted_ms = to().ms - from().ms;
  return counted_ms > 0 ? milli_ms / static_cast<double>(counted_ms) : 0;
}

double Offers::MeanOf(int side, Label channel, Label category) const {
  double sum = 0;
  for (const auto& [id, partition] : partitions_) {
    const auto& cells = partition.cells[static_cast<size_t>(side)];
    if (category >= cells.size() || channel >= cells[category].size()) continue;
    sum += SumAt(cells[category][channel], partition.now.ms);
  }
  return MeanOver(sum);
}

std::vector<Offers::Difference> Offers::Differences() const {
  std::vector<Difference> differences;
  for (const auto& [packed, differing] : differing_) {
    const double sum = SumAt(differing.course, partitions_.at(differing.partition).now.ms);
    if (sum == 0 && differing.course.milli == 0) continue;
    differences.push_back({.position = PositionId(static_cast<uint32_t>(packed)),
                           .channel = static_cast<Label>(packed >> 32),
                           .mean_milli = MeanOver(sum)});
  }
  return differences;
}

}  // namespace shelf
