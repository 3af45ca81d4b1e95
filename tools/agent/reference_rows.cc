#include "agent/reference_rows.h"

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "agent/columns.h"
#include "base/ids.h"
#include "base/percent.h"
#include "shelf/v1/reference.pb.h"

namespace shelf::agent {
namespace {

namespace store_column {
enum : size_t { kStore, kName, kRegion, kGroups, kServices, kTimezone, kClosed, kSources };
}
constexpr std::array<ColumnSpec, 8> kStoreColumns = {{
    {.name = "store", .required = true},
    {.name = "name"},
    {.name = "region"},
    {.name = "groups", .list = true},
    {.name = "services", .list = true},
    {.name = "timezone"},
    {.name = "closed"},
    {.name = "sources", .list = true},
}};

namespace item_column {
enum : size_t { kSku, kName, kCategory, kUnitOfMeasure, kStepMilli, kGtin, kParentSku };
}
constexpr std::array<ColumnSpec, 7> kItemColumns = {{
    {.name = "sku", .required = true},
    {.name = "name"},
    {.name = "category", .list = true},
    {.name = "unit_of_measure"},
    {.name = "step_milli"},
    {.name = "gtin"},
    {.name = "parent_sku"},
}};

namespace listing_column {
enum : size_t { kStore, kSku, kDelisted, kChannels };
}
constexpr std::array<ColumnSpec, 4> kListingColumns = {{
    {.name = "store", .required = true},
    {.name = "sku", .required = true},
    {.name = "delisted"},
    {.name = "channels", .list = true},
}};

std::optional<bool> ParseBool(std::string_view text) {
  if (text.empty() || text == "0" || text == "false" || text == "no") return false;
  if (text == "1" || text == "true" || text == "yes") return true;
  return std::nullopt;
}

template <typename Number>
std::optional<Number> ParsePositive(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::string_view CheckStore(std::string_view store) {
  if (store.empty()) return "no store";
  return store.size() > kStoreBytesMax ? "store longer than 64 bytes" : "";
}

std::string_view CheckSku(std::string_view sku) {
  if (sku.empty()) return "no SKU";
  return sku.size() > kSkuBytesMax ? "SKU longer than 128 bytes" : "";
}

std::vector<std::string_view> Parts(std::string_view text) {
  std::vector<std::string_view> parts;
  ForEachPart(text, ':', [&](std::string_view part) { parts.push_back(part); });
  return parts;
}

// "method" or "method:minutes".
std::string_view AddService(std::string_view text, v1::Store& store) {
  const std::vector<std::string_view> parts = Parts(text);
  v1::Service& service = *store.add_services();
  service.set_method(std::string(parts[0]));
  if (parts.size() == 1) return {};
  const std::optional<int32_t> minutes = ParsePositive<int32_t>(parts[1]);
  if (!minutes || parts.size() > 2) return "a service is not method:minutes";
  service.set_ready_in_minutes(*minutes);
  return {};
}

std::optional<v1::SourceRole> ParseRole(std::string_view name) {
  if (name == "book") return v1::SOURCE_ROLE_BOOK;
  if (name == "early") return v1::SOURCE_ROLE_EARLY;
  if (name == "evidence") return v1::SOURCE_ROLE_EVIDENCE;
  return std::nullopt;
}

// "name:role" or "name:role:required".
std::string_view AddSource(std::string_view text, v1::Store& store) {
  const std::vector<std::string_view> parts = Parts(text);
  const std::optional<v1::SourceRole> role =
      parts.size() >= 2 ? ParseRole(parts[1]) : std::optional<v1::SourceRole>();
  const bool required = parts.size() == 3 && parts[2] == "required";
  if (!role || parts[0].empty() || (parts.size() > 2 && !required)) {
    return "a source is not name:role or name:role:required";
  }
  v1::Source& source = *store.add_sources();
  source.set_name(std::string(parts[0]));
  source.set_role(*role);
  source.set_required(required);
  return {};
}

std::string_view AddSources(const std::vector<std::string_view>& sources, v1::Store& store) {
  if (sources.empty()) return AddSource("erp:book:required", store);
  int books = 0;
  for (const std::string_view source : sources) {
    const std::string_view problem = AddSource(source, store);
    if (!problem.empty()) return problem;
    if (store.sources().rbegin()->role() == v1::SOURCE_ROLE_BOOK) ++books;
  }
  return books == 1 ? "" : "not exactly one source is the book";
}

}  // namespace

absl::Span<const ColumnSpec> StoreColumns() { return kStoreColumns; }
absl::Span<const ColumnSpec> ItemColumns() { return kItemColumns; }
absl::Span<const ColumnSpec> ListingColumns() { return kListingColumns; }

std::string NormalGtin(std::string_view text) {
  constexpr size_t kDigits = 14;
  const size_t n = text.size();
  if (n != 8 && n != 12 && n != 13 && n != kDigits) return {};
  std::string gtin = std::string(kDigits - n, '0').append(text);
  int sum = 0;
  for (size_t i = 0; i < kDigits; ++i) {
    if (gtin[i] < '0' || gtin[i] > '9') return {};
    sum += (gtin[i] - '0') * (i % 2 == 0 ? 3 : 1);
  }
  return sum % 10 == 0 ? gtin : std::string();
}

std::string_view ParseStore(const Rows& rows, ReferenceRecord& out) {
  const std::string_view id = rows.Get(store_column::kStore);
  if (const std::string_view problem = CheckStore(id); !problem.empty()) return problem;
  v1::Store store;
  store.set_store(std::string(id));
  store.set_name(std::string(rows.Get(store_column::kName)));
  store.set_region(std::string(rows.Get(store_column::kRegion)));
  store.set_timezone(std::string(rows.Get(store_column::kTimezone)));
  const std::optional<bool> closed = ParseBool(rows.Get(store_column::kClosed));
  if (!closed) return "closed is neither true nor false";
  store.set_closed(*closed);
  std::vector<std::string_view> values;
  rows.GetList(store_column::kGroups, values);
  for (const std::string_view group : values) store.add_groups(std::string(group));
  rows.GetList(store_column::kServices, values);
  for (const std::string_view service : values) {
    const std::string_view problem = AddService(service, store);
    if (!problem.empty()) return problem;
  }
  rows.GetList(store_column::kSources, values);
  if (const std::string_view problem = AddSources(values, store); !problem.empty()) return problem;
  out = {.key = JoinKey({"store", id}), .value = store.SerializeAsString(), .left_out = {}};
  return {};
}

std::string_view ParseItem(const Rows& rows, ReferenceRecord& out) {
  const std::string_view sku = rows.Get(item_column::kSku);
  if (const std::string_view problem = CheckSku(sku); !problem.empty()) return problem;
  v1::Item item;
  item.set_sku(std::string(sku));
  item.set_name(std::string(rows.Get(item_column::kName)));
  item.set_unit_of_measure(std::string(rows.Get(item_column::kUnitOfMeasure)));
  item.set_parent_sku(std::string(rows.Get(item_column::kParentSku)));
  std::vector<std::string_view> path;
  rows.GetList(item_column::kCategory, path);
  for (const std::string_view part : path) item.add_category(std::string(part));
  if (const std::string_view text = rows.Get(item_column::kStepMilli); !text.empty()) {
    const std::optional<int64_t> step_milli = ParsePositive<int64_t>(text);
    if (!step_milli) return "step_milli is no positive whole number";
    item.set_step_milli(*step_milli);
  }
  std::string_view left_out;
  if (const std::string_view gtin = rows.Get(item_column::kGtin); !gtin.empty()) {
    item.set_gtin(NormalGtin(gtin));
    if (item.gtin().empty()) left_out = "sent without its GTIN, which is not valid";
  }
  out = {.key = JoinKey({"item", sku}), .value = item.SerializeAsString(), .left_out = left_out};
  return {};
}

std::string_view ParseListing(const Rows& rows, ReferenceRecord& out) {
  const std::string_view store = rows.Get(listing_column::kStore);
  const std::string_view sku = rows.Get(listing_column::kSku);
  if (const std::string_view problem = CheckStore(store); !problem.empty()) return problem;
  if (const std::string_view problem = CheckSku(sku); !problem.empty()) return problem;
  v1::Listing listing;
  listing.set_store(std::string(store));
  listing.set_sku(std::string(sku));
  const std::optional<bool> delisted = ParseBool(rows.Get(listing_column::kDelisted));
  if (!delisted) return "delisted is neither true nor false";
  listing.set_delisted(*delisted);
  std::vector<std::string_view> channels;
  rows.GetList(listing_column::kChannels, channels);
  for (const std::string_view channel : channels) listing.add_channels(std::string(channel));
  out = {.key = JoinKey({"listing", store, sku}),
         .value = listing.SerializeAsString(),
         .left_out = {}};
  return {};
}

}  // namespace shelf::agent
