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
  in_flight_.Add(PartitionOf(key), {.key = key, .publication = publication});
}

void Journal::Delivered(const OutboxKey& key) {
  const auto sent = in_flight_.Take(PartitionOf(key), key);
  if (!sent.has_value() || !kept_) return;
  acknowledged_.Append(KeyOf(key, sent->key.again), sent->publication);
}

void Journal::Failed(OutboxKey& key) {
  const auto sent = in_flight_.Take(PartitionOf(key), key);
  if (!sent.has_value()) return;
  key.cause = sent->publication.cause;
  key.again = sent->key.again;
}

void Journal::Gather(CheckpointBatch& batch) {
  acknowledged_.Compact();
  for (const PublicationLog::Entry& entry : acknowledged_.entries()) {
    row_.clear();
    EncodePublication(entry.publication, row_);
    batch.Put(PublicationKey(PlaceOf(entry.key, world_)), row_);
  }
  if (writing_.empty()) {
    std::swap(writing_, acknowledged_);
  } else {
    // The batch before failed, or has not been heard of yet.
    writing_.Append(acknowledged_);
  }
  acknowledged_.Clear();
}

std::optional<Publication> Journal::FindOne(Key key) const {
  for (const PublicationLog* log : {&acknowledged_, &writing_}) {
    if (const Publication* found = log->Find(key); found != nullptr) return *found;
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
