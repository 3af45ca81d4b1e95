#include "agent/documents.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace shelf::agent {

absl::Status DocumentBuilder::Add(const StockRow& row, int64_t line) {
  v1::Deltas& deltas = *document_.event.mutable_deltas();
  if (!Continues(row)) {
    if (absl::Status s = Finish(); !s.ok()) return s;
    named_ = !row.document.empty();
    document_.store = row.store;
    document_.time_ms = row.time_ms;
    document_.event.set_event_id(named_ ? std::string(row.document) : absl::StrCat("line ", line));
    deltas.set_reason(row.reason);
  } else if (deltas.lines_size() == kLinesMax) {
    if (absl::Status s = Hand(); !s.ok()) return s;
  }
  document_.time_ms = std::max(document_.time_ms, row.time_ms);
  v1::DeltaLine& added = *deltas.add_lines();
  added.set_sku(row.sku.data(), row.sku.size());
  added.set_quantity_milli(row.quantity_milli);
  if (row.reason != deltas.reason()) added.set_reason(row.reason);
  return absl::OkStatus();
}

absl::Status DocumentBuilder::Finish() {
  absl::Status status = Hand();
  document_.store.clear();
  return status;
}

bool DocumentBuilder::Continues(const StockRow& row) const {
  return named_ && row.document == document_.event.event_id() && row.store == document_.store;
}

absl::Status DocumentBuilder::Hand() {
  if (document_.event.deltas().lines_size() == 0) return absl::OkStatus();
  absl::Status status = done_(document_);
  document_.event.mutable_deltas()->clear_lines();
  return status;
}

void TimeOrder::See(std::string_view store, int64_t time_ms) {
  auto it = stores_.find(store);
  if (it == stores_.end()) it = stores_.emplace(store, Store{}).first;
  if (time_ms < it->second.last_ms) it->second.in_order = false;
  it->second.last_ms = std::max(it->second.last_ms, time_ms);
  latest_ms_ = std::max(latest_ms_, time_ms);
}

std::vector<std::string> TimeOrder::Stores() const {
  std::vector<std::string> names;
  for (const auto& [name, store] : stores_) names.push_back(name);
  return names;
}

bool TimeOrder::InOrder(std::string_view store) const {
  const auto it = stores_.find(store);
  return it != stores_.end() && it->second.in_order;
}

}  // namespace shelf::agent
