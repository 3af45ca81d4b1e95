// What a store has beside its positions: its sources, the watermark, the ring of recent movements,
// the list being received, and the side tables of what positions rarely have.
// THREAD: one owner; no locks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/ids.h"
#include "base/source_role.h"
#include "base/time.h"
#include "position/count_hold.h"
#include "position/early_drops.h"
#include "position/expected.h"
#include "position/position_table.h"
#include "position/reservations.h"
#include "position/ring.h"
#include "position/sequence.h"
#include "position/steady_holds.h"

namespace shelf {

struct SourceState {
  std::string name;
  SourceRole role = SourceRole::kEvidence;
  bool required = false;  // early only
  SequenceTracker sequence;

  // The source's promise that counts. Stands still while the source is frozen or its list waits.
  EventTime complete_through;
  // Started over (a new epoch) and not whole yet: a book until a complete list, an early source
  // until the book is complete through `heals_at`.
  bool awaiting_resync = false;
  // A list that waited was dropped or displaced: another one is asked for until it is whole.
  bool list_wanted = false;
  EventTime heals_at;  // early: what the book must pass so that nothing missing matters any more

  bool frozen() const { return awaiting_resync || sequence.has_gap(); }
};

// What a sweep would do.
struct SweepForecast {
  uint32_t in_stock = 0;  // positions with on-hand above 0
  uint32_t to_zero = 0;   // those of them that it would bring to 0 or below
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

  // Complete, and its sweep waits for an operator's decision (sweep.h).
  bool held = false;
  uint8_t source = 0;             // of a held list
  PartitionTime held_since = {};  // of a held list
  SweepForecast forecast = {};    // of a held list, as it was then

  bool complete() const { return begin_seen && end_seen && lines_seen == lines_said; }
};

// An early movement beyond Tb: it stops counting when the book has passed its time.
struct EarlyMovement {
  int64_t time_ms = 0;
  uint32_t number = 0;  // in the ring
};

// An item that people are asked to count.
struct CountWanted {
  enum class Why : uint8_t { kBeyondHistory, kNilPick };
  SkuId sku;
  uint8_t source = 0;  // who counted it too late, or did not find it
  Why why = Why::kBeyondHistory;
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
  // What counts corrected and the book has not taken over; see count_hold.h.
  absl::flat_hash_map<PositionId, CountHold> count_holds;
  // Not asked for yet; each SKU once, at most kCountsWantedMax.
  std::vector<CountWanted> counts_wanted;
  bool count_after_nil_pick = false;  // as reference data says of the store
  bool count_hold = false;  // as reference data says of the store: counts are held from now on
  // See early_drops.h; due: the least newest_ms, or what is left of one since gone.
  absl::flat_hash_map<PositionId, EarlyDrop> early_drops;
  int64_t early_drops_due_ms = std::numeric_limits<int64_t>::max();
  // Min-heap by time of the early movements beyond Tb; made again from the ring at restore.
  std::vector<EarlyMovement> early;
  SteadyHolds steady_holds;
  Reservations reservations;
  ExpectedReceipts expected;

  EventTime book_complete_through;  // Tb; 0 = no promise yet
  EventTime watermark;              // how far the store's sales are known; 0 = not at all
  // What was known of the store is lost, and its book has not told it anew; see loop/loss.h.
  bool state_lost = false;
  EventTime lost_until;      // what is lost happened before; 0: not known yet
  EventTime listed_through;  // T of the newest whole list since the loss; 0: none has come

  // When partition time alone changes what is reserved or expected; see PassTime.
  PartitionTime orders_due() const { return std::min(reservations.due(), expected.due()); }

  // Ends `state_lost` when a whole list has come and the book has passed all that is lost: by that
  // list's T, or by what it promised afterwards (Tb). A list of before the loss lacks what is lost.
  void EndLossWhenPassed();

  static constexpr size_t kCountsWantedMax = 1000;
  void WantCount(const CountWanted& wanted);

  // Index in `sources`, or -1.
  int FindSource(std::string_view name) const;
  // A source whose movements are evidence of sales before the book's are.
  bool has_early() const;
  // A gap or a resync holds the watermark, or a list waits for an operator.
  bool frozen() const;
  size_t bytes() const;
};

}  // namespace shelf
