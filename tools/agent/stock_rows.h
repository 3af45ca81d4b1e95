// One row of a list or of movements, read into our terms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "agent/rows.h"
#include "agent/values.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf::agent {

struct StockRowOptions {
  int32_t sign = 1;  // 1 or -1, times the file's quantity
  char decimal_sign = '.';
  std::string timezone = "UTC";
  int64_t time_shift_ms = 0;
  absl::flat_hash_set<std::string> thousandths_skus;  // their quantities are in thousandths already
  v1::Reason reason = v1::REASON_UNSPECIFIED;         // of movements without a reason column
};

// Views are borrowed from the row.
struct StockRow {
  std::string_view store;
  std::string_view sku;
  int64_t quantity_milli = 0;
  bool in_thousandths = false;  // the file gave it so
  // Movements only.
  int64_t time_ms = 0;  // shifted
  std::string_view document;
  v1::Reason reason = v1::REASON_UNSPECIFIED;
};

// The columns of either kind; their indices are private to stock_rows.cc.
absl::Span<const ColumnSpec> ListColumns();
absl::Span<const ColumnSpec> MovementColumns();
bool HasReasonColumn(const Rows& rows);

// "sale", "transfer_in", …; nullopt: no reason of the contract has that name.
std::optional<v1::Reason> ParseReason(std::string_view name);

class StockRowParser {
 public:
  // InvalidArgument: there is no such time zone.
  static absl::StatusOr<StockRowParser> Make(StockRowOptions options);

  // What is wrong with the row, or empty when `out` holds it. `rows` was opened with
  // ListColumns().
  std::string_view ParseListRow(const Rows& rows, StockRow& out) const;

  // The same for MovementColumns(). A line of a sale that adds is a return.
  std::string_view ParseMovement(const Rows& rows, StockRow& out);

 private:
  StockRowParser(StockRowOptions options, TimeParser times);

  StockRowOptions options_;
  TimeParser times_;
};

}  // namespace shelf::agent
