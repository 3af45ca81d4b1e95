#include "agent/full_lists.h"

#include <utility>

#include "base/check.h"

namespace shelf::agent {

FullListBuilder::FullListBuilder(RowsOfStores rows, NameSnapshot name, Emit emit)
    : rows_(std::move(rows)), name_(std::move(name)), emit_(std::move(emit)) {}

absl::StatusOr<bool> FullListBuilder::Add(const StockRow& row) {
  absl::StatusOr<OpenList*> found = OpenFor(row.store);
  if (!found.ok()) return found.status();
  OpenList& list = **found;
  const bool taken = Append(row, list);
  const bool last = --list.rows_left == 0;
  if (last || list.chunk.snapshot_chunk().lines_size() == kChunkLines) {
    if (absl::Status s = EmitChunk(row.store, list); !s.ok()) return s;
  }
  if (last) {
    if (absl::Status s = Close(row.store, list); !s.ok()) return s;
  }
  return taken;
}

absl::StatusOr<FullListBuilder::OpenList*> FullListBuilder::OpenFor(std::string_view store) {
  if (const auto it = open_.find(store); it != open_.end()) return &it->second;
  const auto counted = rows_.find(store);
  SHELF_CHECK(counted != rows_.end() && counted->second > 0, "a row that was not counted");
  OpenList list;
  list.snapshot_id = name_(store);
  list.rows_left = counted->second;
  list.chunk.set_event_id(list.snapshot_id);
  list.chunk.mutable_snapshot_chunk()->set_snapshot_id(list.snapshot_id);
  v1::StockEvent begin;
  begin.set_event_id(list.snapshot_id);
  begin.mutable_snapshot_begin()->set_snapshot_id(list.snapshot_id);
  if (absl::Status s = emit_(store, begin); !s.ok()) return s;
  return &open_.emplace(store, std::move(list)).first->second;
}

bool FullListBuilder::Append(const StockRow& row, OpenList& list) {
  if (!list.skus.emplace(row.sku).second) return false;
  v1::BookLine& line = *list.chunk.mutable_snapshot_chunk()->add_lines();
  line.set_sku(row.sku.data(), row.sku.size());
  line.set_quantity_milli(row.quantity_milli);
  ++list.line_count;
  return true;
}

absl::Status FullListBuilder::EmitChunk(std::string_view store, OpenList& list) {
  v1::SnapshotChunk& chunk = *list.chunk.mutable_snapshot_chunk();
  if (chunk.lines_size() == 0) return absl::OkStatus();
  absl::Status status = emit_(store, list.chunk);
  chunk.mutable_lines()->Clear();
  return status;
}

absl::Status FullListBuilder::Close(std::string_view store, OpenList& list) {
  v1::StockEvent end;
  end.set_event_id(list.snapshot_id);
  end.mutable_snapshot_end()->set_snapshot_id(list.snapshot_id);
  end.mutable_snapshot_end()->set_line_count(list.line_count);
  absl::Status status = emit_(store, end);
  open_.erase(open_.find(store));
  return status;
}

}  // namespace shelf::agent
