// Rows of a full list to begin, chunks and end of each store's snapshot.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agent/stock_rows.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf::agent {

// How many usable rows each store has in the file, from a first reading of it.
using RowsOfStores = std::map<std::string, uint64_t, std::less<>>;

// A store's rows may lie anywhere: its snapshot begins at its first row and ends at its last, while
// others may be open. Memory: the SKUs of the stores that are open, one at a time in a file sorted
// by store.
class FullListBuilder {
 public:
  static constexpr int kChunkLines = 500;

  // The body of `event` and its event_id are set, the rest is the receiver's; it is lent for the
  // call. What it returns, if not ok, comes out of Add.
  using Emit = std::function<absl::Status(std::string_view store, v1::StockEvent& event)>;
  // A snapshot id for `store`, called right before its begin is emitted.
  using NameSnapshot = std::function<std::string(std::string_view store)>;

  FullListBuilder(RowsOfStores rows, NameSnapshot name, Emit emit);

  // Takes each row that was counted. False: the store's list has this SKU already, and which row is
  // right cannot be known; the first holds.
  absl::StatusOr<bool> Add(const StockRow& row);

 private:
  struct OpenList {
    std::string snapshot_id;
    uint64_t rows_left = 0;
    uint64_t line_count = 0;
    v1::StockEvent chunk;
    absl::flat_hash_set<std::string> skus;
  };

  absl::StatusOr<OpenList*> OpenFor(std::string_view store);
  bool Append(const StockRow& row, OpenList& list);
  absl::Status EmitChunk(std::string_view store, OpenList& list);
  absl::Status Close(std::string_view store, OpenList& list);

  const RowsOfStores rows_;
  const NameSnapshot name_;
  const Emit emit_;
  std::map<std::string, OpenList, std::less<>> open_;
};

}  // namespace shelf::agent
