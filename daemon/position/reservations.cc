#include "position/reservations.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "position/apply.h"

namespace shelf {
namespace {

constexpr uint64_t kNoneIsLater = std::numeric_limits<uint64_t>::max();

// Before the first tick no time has passed.
PartitionTime Now(const ApplyContext& context) {
  return context.time_known ? context.now : PartitionTime{};
}

bool Holds(const Reservation& record, EventTime watermark, PartitionTime now) {
  if (!record.reserved || record.closed) return false;
  if (record.expires_at.ms > 0 && watermark >= record.expires_at) return false;
  return now < record.hold_end();
}

// Parts are ordered by position.
int64_t SettledMilli(const std::vector<Reservation::Part>& parts, PositionId position) {
  auto part =
      std::lower_bound(parts.begin(), parts.end(), position,
                       [](const Reservation::Part& p, PositionId id) { return p.position < id; });
  int64_t most = 0;
  for (; part != parts.end() && part->position == position; ++part) {
    most = std::max(most, part->quantity_milli);
  }
  return most;
}

void CombineParts(std::vector<Reservation::Part>& parts) {
  const auto key = [](const Reservation::Part& p) {
    return std::tuple(p.position, p.source, p.epoch);
  };
  std::sort(parts.begin(), parts.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  size_t kept = 0;
  for (const Reservation::Part& part : parts) {
    if (kept > 0 && key(parts[kept - 1]) == key(part)) {
      int64_t& sum = parts[kept - 1].quantity_milli;
      sum = std::min(sum + part.quantity_milli, kDocumentSumMilliMax);
    } else {
      parts[kept++] = part;
    }
  }
  parts.resize(kept);
}

// Keeps the newest that one source wrote. What two sources have closed no Reserve can reopen: none
// is known to be later than both.
void NoteClosing(const DocumentPlace& by, std::optional<DocumentPlace>& closed) {
  if (closed && by.source != closed->source) {
    closed->sequence = kNoneIsLater;
  } else if (!closed || (closed->sequence != kNoneIsLater && Replaces(by, *closed))) {
    closed = by;
  }
}

// The marker that `by` leaves.
void KeepMarker(Reservation& record, const DocumentPlace& by, const ApplyContext& context) {
  const EventTime from = std::max(by.time, AsEventTime(Now(context)));
  record.kept_until = std::max(record.kept_until, After(from, kReservationMarkerMs));
}

size_t BytesOf(std::string_view id, const Reservation& record) {
  // It stands in both queues, or may.
  return sizeof(Reservation) + DocumentBytes(id, 2) + record.channel.capacity() +
         record.lines.capacity() * sizeof(Reservation::Line) +
         record.parts.capacity() * sizeof(Reservation::Part);
}

int64_t Said(absl::int128 milli) {
  return static_cast<int64_t>(std::min(milli, absl::int128(kDocumentSumMilliMax)));
}

}  // namespace

void Reservations::Reserve(std::string_view id, ReserveDocument document, EventTime watermark,
                           ApplyContext& context) {
  Entry& entry = FindOrAdd(id);
  Reservation& record = entry.second;
  if (record.reserved && !Replaces(document.place, *record.reserved)) return;
  if (record.closed) {
    const bool reopened = SameOrder(document.place, *record.closed) &&
                          document.place.sequence > record.closed->sequence;
    if (!reopened) return;
    record.closed.reset();
  }
  LetGo(record, context);
  record.reserved = document.place;
  record.expires_at = document.expires_at;
  record.channel = std::string(document.channel);
  record.lines.clear();
  Combine(document.lines);
  for (const DocumentLine& line : document.lines) {
    record.lines.push_back(
        {.position = line.position, .quantity_milli = line.quantity_milli, .held_milli = 0});
  }
  record.kept_until = std::max(record.kept_until, record.hold_end());
  MarkDirty(entry);
  Recount(entry, watermark, context);
}

void Reservations::Close(std::string_view id, const DocumentPlace& by, EventTime watermark,
                         ApplyContext& context) {
  Entry& entry = FindOrAdd(id);
  Reservation& record = entry.second;
  const bool reserved_later =
      record.reserved && SameOrder(by, *record.reserved) && by.sequence < record.reserved->sequence;
  if (reserved_later) return;
  NoteClosing(by, record.closed);
  LetGo(record, context);
  record.lines.clear();
  record.parts.clear();
  record.channel.clear();
  KeepMarker(record, by, context);
  MarkDirty(entry);
  Recount(entry, watermark, context);
}

void Reservations::SettlePart(std::string_view id, const DocumentPlace& by,
                              const std::vector<DocumentLine>& lines, EventTime watermark,
                              ApplyContext& context) {
  Entry& entry = FindOrAdd(id);
  Reservation& record = entry.second;
  if (record.closed) return;
  for (const DocumentLine& line : lines) {
    record.parts.push_back({line.position, by.source, by.epoch, line.quantity_milli});
  }
  CombineParts(record.parts);
  KeepMarker(record, by, context);
  MarkDirty(entry);
  Recount(entry, watermark, context);
}

void Reservations::Expire(EventTime watermark, ApplyContext& context) {
  while (!expiries_.empty() && expiries_.begin()->at_ms <= watermark.ms) {
    Recount(At(expiries_.begin()->name), watermark, context);
  }
  while (due() <= Now(context)) {
    Entry& entry = At(due_.begin()->name);
    if (entry.second.kept_until <= Now(context)) {
      Forget(entry, context);
    } else {
      Recount(entry, watermark, context);
    }
  }
}

int64_t Reservations::HeldMilli(PositionId position) const {
  const auto held = held_.find(position);
  return held == held_.end() ? 0 : Said(held->second.milli);
}

int64_t Reservations::HeldMilliByOthers(PositionId position, std::string_view channel) const {
  const auto held = held_.find(position);
  if (held == held_.end()) return 0;
  absl::int128 milli = held->second.milli;
  for (const Held::Part& part : held->second.by_channel) {
    if (part.channel == channel) milli -= part.milli;
  }
  return Said(milli);
}

void Reservations::Restore(std::string id, Reservation record, EventTime watermark,
                           ApplyContext& context) {
  // Positions have other numbers than when the record was written.
  std::sort(record.lines.begin(), record.lines.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  CombineParts(record.parts);
  Entry* const entry = Add(std::move(id), std::move(record));
  if (entry != nullptr) Recount(*entry, watermark, context);
}

// What is held follows from the record, the watermark and the time.
void Reservations::Recount(Entry& entry, EventTime watermark, ApplyContext& context) {
  Reservation& record = entry.second;
  const bool holds = Holds(record, watermark, Now(context));
  for (Reservation::Line& line : record.lines) {
    const int64_t rest = line.quantity_milli - SettledMilli(record.parts, line.position);
    Hold(line, holds ? std::max<int64_t>(0, rest) : 0, record.channel, context);
  }
  Enqueue(entry, holds);
  CountBytes(entry, BytesOf(entry.first, record));
}

void Reservations::Hold(Reservation::Line& line, int64_t held_milli, const std::string& channel,
                        ApplyContext& context) {
  const int64_t more = held_milli - line.held_milli;
  if (more == 0) return;
  line.held_milli = held_milli;
  context.touched.push_back(line.position);
  Held& held = held_[line.position];
  auto part = std::find_if(held.by_channel.begin(), held.by_channel.end(),
                           [&](const Held::Part& p) { return p.channel == channel; });
  if (part == held.by_channel.end()) {
    part = held.by_channel.insert(part, {.channel = channel, .milli = 0});
  }
  part->milli += more;
  held.milli += more;
  if (part->milli == 0) held.by_channel.erase(part);
  Position& position = context.positions[line.position];
  if (held.milli > 0) {
    position.Set(Position::kReserved);
  } else {
    position.Clear(Position::kReserved);
    held_.erase(line.position);
  }
}

void Reservations::LetGo(Reservation& record, ApplyContext& context) {
  for (Reservation::Line& line : record.lines) Hold(line, 0, record.channel, context);
}

void Reservations::Enqueue(Entry& entry, bool holds) {
  Dequeue(entry);
  Reservation& record = entry.second;
  record.due_ms = holds ? record.hold_end().ms : record.kept_until.ms;
  due_.insert({record.due_ms, entry.first});
  if (!holds || record.expires_at.ms <= 0) return;
  record.expiry_ms = record.expires_at.ms;
  expiries_.insert({record.expiry_ms, entry.first});
}

void Reservations::Dequeue(Entry& entry) {
  due_.erase({entry.second.due_ms, entry.first});
  if (entry.second.expiry_ms == 0) return;
  expiries_.erase({entry.second.expiry_ms, entry.first});
  entry.second.expiry_ms = 0;
}

void Reservations::Forget(Entry& entry, ApplyContext& context) {
  LetGo(entry.second, context);
  Dequeue(entry);
  Erase(entry);
}

}  // namespace shelf
