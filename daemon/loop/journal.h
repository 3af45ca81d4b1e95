// The journal of publications: which record of each key is in the log, since when, and by what. It
// goes to disk with each checkpoint (state/publication_rows.h) and stays there; in memory lies only
// what is in flight, and what has been acknowledged since a checkpoint was last known to be
// written.
// THREAD: the worker's.
#pragma once

#include <cstddef>
#include <string>

#include "loop/outbox_key.h"
#include "loop/publication_log.h"
#include "loop/publications_in_flight.h"
#include "loop/world.h"
#include "state/checkpoint_store.h"
#include "state/publication_rows.h"

namespace shelf {

class Journal {
 public:
  // Borrows `world`, which outlives it. `kept` false: it knows what is in flight, no more.
  Journal(const World& world, bool kept) : world_(world), kept_(kept) {}

  // A record of the key, which tells whether its number is said again, was handed over. Per key at
  // most one is in flight.
  void Sent(const OutboxKey& key, const Publication& publication);
  // It is in the log.
  void Delivered(const OutboxKey& key);
  // It is not. Fills in what the key was sent with, so that trying again is no other event: what
  // had caused it, and whether its number was said again.
  void Failed(OutboxKey& key);

  // Appends the rows of what was acknowledged since the last call.
  void Gather(CheckpointBatch& batch);
  // Everything gathered so far is on disk.
  void Written() { writing_.Clear(); }

  // Of a key, what the disk need not have yet: it is newer than what the disk has.
  Published Find(const OutboxKey& key) const;
  // Adds to what the disk has of a key what is newer here.
  static Published Newer(const Published& disk, const Published& memory);

 private:
  // The packed key, and in its highest bit whether the record said something again.
  using Key = uint64_t;
  static Key KeyOf(const OutboxKey& key, bool again) {
    return Pack(key) | (again ? Key{1} << 63 : 0);
  }
  int32_t PartitionOf(const OutboxKey& key) const {
    return world_.StoreOf(world_.positions[key.position].store).partition;
  }
  std::optional<Publication> FindOne(Key key) const;

  const World& world_;
  const bool kept_;
  PublicationsInFlight in_flight_;
  PublicationLog acknowledged_;
  PublicationLog writing_;  // gathered, and perhaps not on disk yet
  std::string row_;         // reused
};

}  // namespace shelf
