// What a store has beside its positions: its sources, the watermark, the ring of recent movements,
// the list being received, and the side tables of what positions rarely have.
// THREAD: one owner; no locks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/ids.h"
#include "base/source_role.h"
#include "base/time.h"
#include "position/position_table.h"
#include "position/ring.h"
#include "position/sequence.h"

namespace shelf {

struct SourceState {
  std::string name;
  SourceRole role = SourceRole::kEvidence;
  bool required = false;  // early only
  SequenceTracker sequence;

  // The source's promise that counts. Stands still while the source is frozen.
  EventTime complete_through;
  // Started over (a new epoch) and not whole yet: a book until a complete list, an early source
  // until the book is complete through `heals_at`.
  bool awaiting_resync = false;
  EventTime heals_at;  // early: what the book must pass so that nothing missing matters any more

  bool frozen() const { return awaiting_resync || sequence.has_gap(); }
};

// The book's full list while it is received.
struct ListState {
  bool active = false;
  bool begin_seen = false;
  bool end_seen = false;
  std::string id;
  uint64_t begin_sequence = 0;
  uint64_t end_sequence = 0;
  uint64_t newest_sequence = 0;  // the highest of its documents received
  EventTime as_of;               // T: the claim, else the event time
  bool has_claim = false;        // only then may Tb move
  uint64_t lines_seen = 0;
  uint64_t lines_said = 0;  // SnapshotEnd.line_count

  bool complete() const { return begin_seen && end_seen && lines_seen == lines_said; }
};

// An early movement beyond Tb: it stops counting when the book has passed its time.
struct EarlyMovement {
  int64_t time_ms = 0;
  uint32_t number = 0;  // in the ring
};

struct StoreState {
  StoreState(StoreId store_id, size_t ring_bytes_max) : id(store_id), ring(ring_bytes_max) {}

  const StoreId id;
  std::vector<SourceState> sources;  // few; searched from the front; at most 255
  MovementRing ring;
  StoreIndex index;
  ListState list;
  // Position -> event time (ms) of a nil pick that nothing newer has refuted.
  absl::flat_hash_map<PositionId, int64_t> nil_picks;
  // Min-heap by time of the early movements beyond Tb; made again from the ring at restore.
  std::vector<EarlyMovement> early;

  EventTime book_complete_through;  // Tb; 0 = no promise yet
  EventTime watermark;              // how far the store's sales are known; 0 = not at all

  // Index in `sources`, or -1.
  int FindSource(std::string_view name) const;
  // A source whose movements are evidence of sales before the book's are.
  bool has_early() const;
  // A gap or a resync holds the watermark.
  bool frozen() const;
  size_t bytes() const;
};

}  // namespace shelf
