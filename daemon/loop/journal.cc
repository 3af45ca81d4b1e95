#include "loop/journal.h"

#include <utility>

namespace shelf {
namespace {

constexpr uint64_t kAgainBit = uint64_t{1} << 63;

PublicationPlace PlaceOf(uint64_t key, const World& world) {
  const Position& position = world.positions[PositionId(static_cast<uint32_t>(key))];
  const auto channel = static_cast<size_t>((key & ~kAgainBit) >> 32);
  return {.store = position.store,
          .sku = position.sku,
          .again = (key & kAgainBit) != 0,
          .channel = world.channel_names[channel]};
}

}  // namespace

void Journal::Sent(const OutboxKey& key, const Publication& publication) {
  in_flight_[Pack(key)] = {publication, key.again};
}

void Journal::Delivered(const OutboxKey& key) {
  const auto sent = in_flight_.find(Pack(key));
  if (sent == in_flight_.end()) return;
  if (kept_) acknowledged_[KeyOf(key, sent->second.again)] = sent->second.publication;
  in_flight_.erase(sent);
}

void Journal::Failed(OutboxKey& key) {
  const auto sent = in_flight_.find(Pack(key));
  if (sent == in_flight_.end()) return;
  key.cause = sent->second.publication.cause;
  key.again = sent->second.again;
  in_flight_.erase(sent);
}

void Journal::Gather(CheckpointBatch& batch) {
  for (const auto& [key, publication] : acknowledged_) {
    row_.clear();
    EncodePublication(publication, row_);
    batch.Put(PublicationKey(PlaceOf(key, world_)), row_);
  }
  if (writing_.empty()) {
    std::swap(writing_, acknowledged_);
  } else {
    // The batch before failed, or has not been heard of yet.
    for (const auto& [key, publication] : acknowledged_) writing_[key] = publication;
  }
  acknowledged_.clear();
}

std::optional<Publication> Journal::FindOne(Key key) const {
  for (const auto* map : {&acknowledged_, &writing_}) {
    const auto found = map->find(key);
    if (found != map->end()) return found->second;
  }
  return std::nullopt;
}

Published Journal::Find(const OutboxKey& key) const {
  return {.changed = FindOne(KeyOf(key, false)), .again = FindOne(KeyOf(key, true))};
}

Published Journal::Newer(const Published& disk, const Published& memory) {
  return {.changed = memory.changed.has_value() ? memory.changed : disk.changed,
          .again = memory.again.has_value() ? memory.again : disk.again};
}

}  // namespace shelf
