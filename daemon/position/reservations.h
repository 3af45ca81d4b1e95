// What accepted orders hold of a store's positions until they are settled, released or expire
// (design page, section 4).
//
// The documents of one reservation come from several sources, in any order. So a record keeps what
// they said, and what is held follows from it alone:
//
//   held = max(0, reserved - settled in part)   while a Reserve is known and nothing has closed it,
//                                               the watermark is before its `expires_at` and
//                                               partition time is before its event time +
//                                               kMaxHoldMs
//   held = 0                                    else
//
// A record outlives what it holds: as a marker it keeps a Reserve that comes late, or once more,
// from holding.
// THREAD: one owner; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/numeric/int128.h"
#include "base/ids.h"
#include "base/time.h"
#include "position/document_table.h"

namespace shelf {

struct ApplyContext;

// The longest that a Reserve holds after its event time. An order that was neither settled nor
// released by then has been forgotten by somebody; without a bound each such order would hide its
// units for ever. A day spans the night in which the book exports what its tills did not say. Who
// keeps goods for longer sends the Reserve again.
inline constexpr int64_t kMaxHoldMs = 24LL * 3600 * 1000;
// How long a settlement or release is remembered, from when it came: as long as a Reserve of the
// same moment could still hold.
inline constexpr int64_t kReservationMarkerMs = kMaxHoldMs;

// What a Reserve says.
struct ReserveDocument {
  DocumentPlace place;
  EventTime expires_at;      // 0 = no such instant
  std::string_view channel;  // whose order it is; need not be in the rules
  std::vector<DocumentLine> lines;
};

struct Reservation {
  struct Line {
    PositionId position;
    int64_t quantity_milli = 0;  // as reserved
    int64_t held_milli = 0;      // of it, now; not stored
  };
  // What one source's documents of one epoch have settled in part.
  struct Part {
    PositionId position;
    uint8_t source = 0;
    uint64_t epoch = 0;
    int64_t quantity_milli = 0;
  };

  std::optional<DocumentPlace> reserved;  // the Reserve that counts; none: it has not come yet
  // What settled it whole or released it; its sequence is the largest uint64 when documents of more
  // than one source did.
  std::optional<DocumentPlace> closed;
  EventTime expires_at;      // 0 = no such instant
  PartitionTime kept_until;  // the record is forgotten then
  std::string channel;
  std::vector<Line> lines;  // ordered by position, one each
  std::vector<Part> parts;  // ordered by position, source, epoch; one each

  // Of the table; not stored.
  int64_t due_ms = 0;     // in the queue by partition time
  int64_t expiry_ms = 0;  // in the queue by watermark; 0 = not in it
  DocumentInTable in_table;

  // When it ends for lack of news, by partition time; needs `reserved`.
  PartitionTime hold_end() const { return After(reserved->time, kMaxHoldMs); }
};

class Reservations : public DocumentTable<Reservation> {
 public:
  // Each of these puts the positions of which more or less is held now into context.touched, and
  // keeps Position::kReserved: set exactly while something is held. `watermark` is the store's.

  // Each of the next three needs HasRoomFor(id).
  //
  // The same id again takes the place of the earlier Reserve when it is newer (Replaces); it states
  // the whole reservation, so what was settled in part is taken off it too. After a settlement or
  // release it holds only if the same source wrote it later, in the same epoch.
  void Reserve(std::string_view id, ReserveDocument document, EventTime watermark,
               ApplyContext& context);
  // Settled or released: nothing is held from here on. Has no effect on a Reserve that the same
  // source wrote later in the same epoch.
  void Close(std::string_view id, const DocumentPlace& by, EventTime watermark,
             ApplyContext& context);
  // Some of it is settled. Quantities of one source and epoch add up; of several the largest sum
  // counts, since a sale that comes through two systems is one, and so is one that a source which
  // started over sends again.
  void SettlePart(std::string_view id, const DocumentPlace& by,
                  const std::vector<DocumentLine>& lines, EventTime watermark,
                  ApplyContext& context);

  // Ends what `watermark` has passed and what is due by partition time, in an order that the log
  // alone decides. To be called when the watermark rises, and at a tick when due() has come.
  void Expire(EventTime watermark, ApplyContext& context);
  // When partition time alone changes something; kNever = it does not.
  PartitionTime due() const { return due_.empty() ? kNever : PartitionTime{due_.begin()->at_ms}; }

  // What is held of a position; at most kDocumentSumMilliMax is said.
  int64_t HeldMilli(PositionId position) const;
  // The same without what `channel` itself has reserved.
  int64_t HeldMilliByOthers(PositionId position, std::string_view channel) const;

  size_t bytes() const {
    return record_bytes() + held_.capacity() * (sizeof(PositionId) + sizeof(Held) + 1);
  }

  // For restore: a record as it was stored, before any document.
  void Restore(std::string id, Reservation record, EventTime watermark, ApplyContext& context);

 private:
  struct Held {
    struct Part {
      std::string channel;
      absl::int128 milli = 0;
    };
    absl::int128 milli = 0;
    std::vector<Part> by_channel;
  };

  void Recount(Entry& entry, EventTime watermark, ApplyContext& context);
  void Hold(Reservation::Line& line, int64_t held_milli, const std::string& channel,
            ApplyContext& context);
  void LetGo(Reservation& record, ApplyContext& context);
  void Enqueue(Entry& entry, bool holds);
  void Dequeue(Entry& entry);
  void Forget(Entry& entry, ApplyContext& context);

  std::set<DueDocument> due_;       // by partition time
  std::set<DueDocument> expiries_;  // by watermark
  absl::flat_hash_map<PositionId, Held> held_;
};

}  // namespace shelf
