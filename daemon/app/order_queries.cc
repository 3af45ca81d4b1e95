#include "app/order_queries.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace shelf {
namespace {

const StoreState& StateOf(const World& world, PositionId id) {
  return world.stores[world.positions[id].store.value].state;
}

// What the reservation holds of the position.
int64_t HeldMilli(const Reservation& record, PositionId id) {
  const auto line = std::find_if(record.lines.begin(), record.lines.end(),
                                 [&](const Reservation::Line& l) { return l.position == id; });
  return line == record.lines.end() ? 0 : line->held_milli;
}

Json ReservationJson(std::string_view id, const Reservation& record, int64_t held_milli) {
  const int64_t end_ms = record.hold_end().ms;
  const int64_t expires_ms = record.expires_at.ms;
  return {{"reservation", id},
          {"channel", record.channel.empty() ? Json() : Json(record.channel)},
          {"quantity_milli", held_milli},
          {"expires_ms", expires_ms > 0 ? std::min(expires_ms, end_ms) : end_ms}};
}

Json ReservationsJson(const World& world, PositionId id) {
  Json list = Json::array();
  if (!world.positions[id].Has(Position::kReserved)) return list;
  for (const auto& [name, record] : StateOf(world, id).reservations.by_name()) {
    const int64_t held_milli = HeldMilli(record, id);
    if (held_milli == 0) continue;
    list.push_back(ReservationJson(name, record, held_milli));
    if (list.size() == kDocumentsListedMax) break;
  }
  return list;
}

struct Awaited {
  int64_t due_ms;  // the end of time when nobody said
  std::string_view document;
  int64_t quantity_milli;
};

// By due time, then by document.
std::vector<Awaited> AwaitedOf(const World& world, PositionId id) {
  std::vector<Awaited> awaited;
  for (const auto& [document, record] : StateOf(world, id).expected.by_name()) {
    for (const DocumentLine& line : record.lines) {
      if (line.position != id) continue;
      const int64_t due_ms = record.due.ms > 0 ? record.due.ms : kNever.ms;
      awaited.push_back({due_ms, document, line.quantity_milli});
    }
  }
  std::sort(awaited.begin(), awaited.end(), [](const Awaited& a, const Awaited& b) {
    return std::pair(a.due_ms, a.document) < std::pair(b.due_ms, b.document);
  });
  return awaited;
}

}  // namespace

void AddOrders(const World& world, PositionId id, Json& position) {
  const bool reserved = world.positions[id].Has(Position::kReserved);
  position["reserved_milli"] = reserved ? StateOf(world, id).reservations.HeldMilli(id) : 0;
  position["reservations"] = ReservationsJson(world, id);
  int64_t sum_milli = 0;
  Json list = Json::array();
  for (const Awaited& awaited : AwaitedOf(world, id)) {
    sum_milli = std::min(sum_milli + awaited.quantity_milli, kDocumentSumMilliMax);
    if (list.size() == kDocumentsListedMax) continue;
    list.push_back({{"document", awaited.document},
                    {"quantity_milli", awaited.quantity_milli},
                    {"due_ms", awaited.due_ms != kNever.ms ? Json(awaited.due_ms) : Json()}});
  }
  position["expected_milli"] = sum_milli;
  position["expected"] = std::move(list);
}

PartitionTime ReservedUntil(const World& world, PositionId id) {
  PartitionTime until = kNever;
  if (!world.positions[id].Has(Position::kReserved)) return until;
  for (const auto& [name, record] : StateOf(world, id).reservations.by_name()) {
    if (HeldMilli(record, id) > 0) until = std::min(until, record.hold_end());
  }
  return until;
}

}  // namespace shelf
