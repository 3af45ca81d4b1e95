#include "agent/stock_rows.h"

#include <array>
#include <utility>

#include "base/ids.h"

namespace shelf::agent {
namespace {

enum Column : size_t { kStore, kSku, kQuantity, kTime, kDocument, kReason };

constexpr std::array<ColumnSpec, 6> kColumns = {{
    {.name = "store", .required = true},
    {.name = "sku", .required = true},
    {.name = "quantity", .required = true},
    {.name = "time", .required = true},
    {.name = "document"},
    {.name = "reason"},
}};

struct ReasonName {
  std::string_view name;
  v1::Reason reason;
};

constexpr std::array<ReasonName, 10> kReasons = {{
    {"sale", v1::REASON_SALE},
    {"return", v1::REASON_RETURN},
    {"receipt", v1::REASON_RECEIPT},
    {"transfer_in", v1::REASON_TRANSFER_IN},
    {"transfer_out", v1::REASON_TRANSFER_OUT},
    {"adjustment", v1::REASON_ADJUSTMENT},
    {"damage", v1::REASON_DAMAGE},
    {"expiry", v1::REASON_EXPIRY},
    {"recall", v1::REASON_RECALL},
    {"shelf_replenishment", v1::REASON_SHELF_REPLENISHMENT},
}};

}  // namespace

absl::Span<const ColumnSpec> ListColumns() { return absl::MakeConstSpan(kColumns).first(kTime); }
absl::Span<const ColumnSpec> MovementColumns() { return kColumns; }
bool HasReasonColumn(const Rows& rows) { return rows.Has(kReason); }

std::optional<v1::Reason> ParseReason(std::string_view name) {
  for (const ReasonName& known : kReasons) {
    if (known.name == name) return known.reason;
  }
  return std::nullopt;
}

absl::StatusOr<StockRowParser> StockRowParser::Make(StockRowOptions options) {
  absl::StatusOr<TimeParser> times = TimeParser::Make(options.timezone);
  if (!times.ok()) return times.status();
  return StockRowParser(std::move(options), *std::move(times));
}

StockRowParser::StockRowParser(StockRowOptions options, TimeParser times)
    : options_(std::move(options)), times_(std::move(times)) {}

std::string_view StockRowParser::ParseListRow(const Rows& rows, StockRow& out) const {
  out = StockRow();  // whatever is wrong, nothing of the row before is left
  if (!rows.problem().empty()) return rows.problem();
  out.store = rows.Get(kStore);
  out.sku = rows.Get(kSku);
  if (out.store.empty()) return "no store";
  if (out.store.size() > kStoreBytesMax) return "store longer than 64 bytes";
  if (out.sku.empty()) return "no SKU";
  if (out.sku.size() > kSkuBytesMax) return "SKU longer than 128 bytes";
  out.in_thousandths =
      options_.thousandths_skus.contains(absl::string_view(out.sku.data(), out.sku.size()));
  const std::string_view text = rows.Get(kQuantity);
  const std::optional<int64_t> quantity = out.in_thousandths
                                              ? ParseThousandths(text, options_.decimal_sign)
                                              : ParseMilli(text, options_.decimal_sign);
  if (!quantity) return "unreadable quantity";
  out.quantity_milli = options_.sign * *quantity;
  return {};
}

std::string_view StockRowParser::ParseMovement(const Rows& rows, StockRow& out) {
  const std::string_view problem = ParseListRow(rows, out);
  if (!problem.empty()) return problem;
  const std::optional<int64_t> time_ms = times_.Parse(rows.Get(kTime));
  if (!time_ms || *time_ms + options_.time_shift_ms <= 0) return "unreadable time";
  out.time_ms = *time_ms + options_.time_shift_ms;
  out.document = rows.Get(kDocument);
  out.reason = options_.reason;
  if (const std::string_view name = rows.Get(kReason); !name.empty()) {
    const std::optional<v1::Reason> reason = ParseReason(name);
    if (!reason) return "unknown reason";
    out.reason = *reason;
  }
  if (out.reason == v1::REASON_UNSPECIFIED) return "no reason";
  if (out.reason == v1::REASON_SALE && out.quantity_milli > 0) out.reason = v1::REASON_RETURN;
  return {};
}

}  // namespace shelf::agent
