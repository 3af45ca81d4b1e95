#include "position/steady_holds.h"

namespace shelf {

std::optional<SteadyHold> SteadyHolds::Find(PositionId position, ChannelId channel) const {
  const auto found = holds_.find(Key{position, channel});
  if (found == holds_.end()) return std::nullopt;
  return found->second;
}

bool SteadyHolds::Set(PositionId position, ChannelId channel, const std::optional<SteadyHold>& hold,
                      PositionTable& positions) {
  if (hold.has_value()) {
    const auto [held, added] = holds_.try_emplace(Key{position, channel}, *hold);
    if (!added && held->second == *hold) return false;
    held->second = *hold;
    positions[position].Set(Position::kRiseHeld);
    return true;
  }
  if (holds_.erase(Key{position, channel}) == 0) return false;
  if (!HasAny(position, positions.channels())) positions[position].Clear(Position::kRiseHeld);
  return true;
}

void SteadyHolds::Forget(PositionId position, PositionTable& positions) {
  if (!positions[position].Has(Position::kRiseHeld)) return;
  for (uint16_t c = 0; c < static_cast<uint16_t>(positions.channels()); ++c) {
    holds_.erase(Key{position, ChannelId(c)});
  }
  positions[position].Clear(Position::kRiseHeld);
}

std::vector<std::pair<ChannelId, SteadyHold>> SteadyHolds::Of(PositionId position,
                                                              int channels) const {
  std::vector<std::pair<ChannelId, SteadyHold>> of;
  for (uint16_t c = 0; c < static_cast<uint16_t>(channels); ++c) {
    const auto hold = Find(position, ChannelId(c));
    if (hold.has_value()) of.emplace_back(ChannelId(c), *hold);
  }
  return of;
}

void SteadyHolds::BeginAnew(PartitionTime now, PositionTable& positions) {
  for (auto& [key, hold] : holds_) {
    hold.since = now;
    positions.MarkDirty(key.position);
  }
}

bool SteadyHolds::HasAny(PositionId position, int channels) const {
  for (uint16_t c = 0; c < static_cast<uint16_t>(channels); ++c) {
    if (holds_.contains(Key{position, ChannelId(c)})) return true;
  }
  return false;
}

}  // namespace shelf
