// Orders and deliveries: what is reserved, and what is expected.
#include <algorithm>

#include "position/apply_body.h"

namespace shelf {
namespace {

DocumentPlace PlaceOf(const Event& event, uint8_t source) {
  return {
      .source = source, .epoch = event.epoch, .sequence = event.sequence, .time = event.event_time};
}

EventTime DueOrExpiry(const Event& event) {
  return EventTime{std::max<int64_t>(0, event.due_or_expiry_ms)};
}

// The event's lines by position. A position that is new with it gets a row and an evaluation; else
// only those change of which more or less is held.
std::vector<DocumentLine> LinesOf(const Event& event, StoreState& store, ApplyContext& context) {
  std::vector<DocumentLine> lines;
  lines.reserve(event.lines.size());
  for (const Line& line : event.lines) {
    const uint32_t known = context.positions.size();
    const PositionId id = FindOrAddPosition(line.sku, store, context);
    if (context.positions.size() > known) {
      context.positions.MarkDirty(id);
      context.touched.push_back(id);
    }
    lines.push_back({.position = id, .quantity_milli = line.quantity_milli});
  }
  return lines;
}

// What a document takes out of the store; lines that were refused took nothing.
std::vector<DocumentLine> TakenBy(const Event& event, const StoreState& store,
                                  const ApplyContext& context) {
  std::vector<uint32_t> refused;
  for (const LineReject& reject : event.rejected) refused.push_back(reject.number);
  std::sort(refused.begin(), refused.end());
  std::vector<DocumentLine> taken;
  for (const Line& line : event.lines) {
    if (line.quantity_milli >= 0) continue;
    if (std::binary_search(refused.begin(), refused.end(), line.number)) continue;
    const PositionId id = store.index.Find(context.skus.Find(line.sku), context.positions);
    taken.push_back({.position = id, .quantity_milli = -line.quantity_milli});
  }
  return taken;
}

// A name that no reservation or announcement can have.
bool IsNoName(std::string_view document) {
  return document.empty() || document.size() > kDocumentBytesMax;
}

}  // namespace

RejectReason ApplyReserve(const Event& event, StoreState& store, uint8_t source,
                          ApplyContext& context) {
  if (!store.reservations.HasRoomFor(event.document)) return RejectReason::kTooManyDocuments;
  store.reservations.Reserve(event.document,
                             {.place = PlaceOf(event, source),
                              .expires_at = DueOrExpiry(event),
                              .channel = event.channel,
                              .lines = LinesOf(event, store, context)},
                             store.watermark, context);
  return RejectReason::kNone;
}

RejectReason ApplyRelease(const Event& event, StoreState& store, uint8_t source,
                          ApplyContext& context) {
  if (!store.reservations.HasRoomFor(event.document)) return RejectReason::kTooManyDocuments;
  store.reservations.Close(event.document, PlaceOf(event, source), store.watermark, context);
  return RejectReason::kNone;
}

RejectReason ApplyExpected(const Event& event, StoreState& store, uint8_t source,
                           ApplyContext& context) {
  if (!store.expected.HasRoomFor(event.document)) return RejectReason::kTooManyDocuments;
  store.expected.Announce(event.document, PlaceOf(event, source), DueOrExpiry(event),
                          LinesOf(event, store, context), context);
  return RejectReason::kNone;
}

void Settle(const Event& event, StoreState& store, uint8_t source, ApplyContext& context) {
  const DocumentPlace place = PlaceOf(event, source);
  if (!IsNoName(event.settles_expected) && store.expected.HasRoomFor(event.settles_expected)) {
    store.expected.Close(event.settles_expected, place, context);
  }
  if (IsNoName(event.settles_reservation)) return;
  if (!store.reservations.HasRoomFor(event.settles_reservation)) return;
  if (event.settles_in_part) {
    store.reservations.SettlePart(event.settles_reservation, place, TakenBy(event, store, context),
                                  store.watermark, context);
  } else {
    store.reservations.Close(event.settles_reservation, place, store.watermark, context);
  }
}

void PassTime(StoreState& store, ApplyContext& context) {
  store.reservations.Expire(store.watermark, context);
  if (context.time_known) store.expected.Forget(context.now);
}

bool ReservesBeyond(const Event& event, const StoreState& store, const PositionTable& positions) {
  const Reservation* record = store.reservations.Find(event.document);
  if (record == nullptr) return false;
  return std::any_of(record->lines.begin(), record->lines.end(), [&](const auto& line) {
    const int64_t on_hand_milli = std::max<int64_t>(0, positions[line.position].on_hand_milli);
    return line.held_milli > 0 && store.reservations.HeldMilli(line.position) > on_hand_milli;
  });
}

}  // namespace shelf
