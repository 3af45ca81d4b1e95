#include "position/expected.h"

#include <algorithm>
#include <utility>

#include "position/apply.h"

namespace shelf {
namespace {

bool WrittenAfter(const DocumentPlace& a, const DocumentPlace& b) {
  return SameOrder(a, b) ? a.sequence > b.sequence : a.time > b.time;
}

PartitionTime MarkerEnd(const DocumentPlace& place, const ApplyContext& context) {
  const EventTime now = context.time_known ? AsEventTime(context.now) : EventTime{};
  return After(std::max(place.time, now), kExpectedMarkerMs);
}

PartitionTime ShownUntil(const DocumentPlace& place, EventTime due) {
  const EventTime latest = AsEventTime(After(place.time, kExpectedAheadMsMax));
  return After(std::min(std::max(place.time, due), latest), kExpectedKeptMs);
}

size_t BytesOf(std::string_view document, const ExpectedDocument& record) {
  return sizeof(ExpectedDocument) + DocumentBytes(document, 1) +
         record.lines.capacity() * sizeof(DocumentLine);
}

}  // namespace

void ExpectedReceipts::Announce(std::string_view document, const DocumentPlace& place,
                                EventTime due, std::vector<DocumentLine> lines,
                                const ApplyContext& context) {
  Entry& entry = FindOrAdd(document);
  ExpectedDocument& record = entry.second;
  if (record.announced && !Replaces(place, *record.announced)) return;
  if (record.closed) {
    if (!WrittenAfter(place, *record.closed)) return;
    record.closed.reset();
  }
  Combine(lines);
  record.announced = place;
  record.due = due;
  record.lines = std::move(lines);
  Keep(entry, record.lines.empty() ? MarkerEnd(place, context) : ShownUntil(place, due));
}

void ExpectedReceipts::Close(std::string_view document, const DocumentPlace& by,
                             const ApplyContext& context) {
  Entry& entry = FindOrAdd(document);
  ExpectedDocument& record = entry.second;
  const bool opened_later = record.announced && WrittenAfter(*record.announced, by);
  if (opened_later) return;
  if (!record.closed || WrittenAfter(by, *record.closed)) record.closed = by;
  record.lines.clear();
  Keep(entry, MarkerEnd(*record.closed, context));
}

void ExpectedReceipts::Forget(PartitionTime now) {
  while (due() <= now) {
    Entry& entry = At(due_.begin()->name);
    due_.erase(due_.begin());
    Erase(entry);
  }
}

void ExpectedReceipts::Restore(std::string document, ExpectedDocument record) {
  Combine(record.lines);
  Entry* const entry = Add(std::move(document), std::move(record));
  if (entry == nullptr) return;
  due_.insert({entry->second.kept_until.ms, entry->first});
  CountBytes(*entry, BytesOf(entry->first, entry->second));
}

void ExpectedReceipts::Keep(Entry& entry, PartitionTime until) {
  due_.erase({entry.second.kept_until.ms, entry.first});
  entry.second.kept_until = until;
  due_.insert({until.ms, entry.first});
  CountBytes(entry, BytesOf(entry.first, entry.second));
  MarkDirty(entry);
}

}  // namespace shelf
