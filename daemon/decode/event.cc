#include "decode/event.h"

#include <array>

namespace shelf {

std::string_view ReasonName(Reason reason) {
  constexpr std::array<std::string_view, 11> kNames = {
      "",           "sale",   "return", "receipt", "transfer_in",        "transfer_out",
      "adjustment", "damage", "expiry", "recall",  "shelf_replenishment"};
  const auto at = static_cast<size_t>(reason);
  return at < kNames.size() ? kNames[at] : std::string_view();
}

void Event::Clear() {
  store = {};
  source = {};
  epoch = 0;
  sequence = 0;
  event_id = {};
  event_time = {};
  sent_time = {};
  complete_through = {};
  ClearBody();
}

void Event::ClearBody() {
  body = Body::kNone;
  lines.clear();
  rejected.clear();
  document = {};
  settles_reservation = {};
  settles_expected = {};
  channel = {};
  settles_in_part = false;
  line_count = 0;
  due_or_expiry_ms = 0;
  list_action = ListAction::kUnspecified;
  decided_by = {};
  tick_time = {};
  tick_rule_set = {};
  tick_reference_offset = 0;
  tick_has_reference_offset = false;
}

}  // namespace shelf
