#include "reference/reference.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/ids.h"
#include "base/percent.h"
#include "reference/record_bytes.h"
#include "reference/record_checks.h"
#include "reference/records.h"

namespace shelf {
namespace {

using Kind = ReferenceChange::Kind;

absl::string_view AsAbsl(std::string_view text) { return {text.data(), text.size()}; }

absl::Status BadKey(std::string_view key) {
  return BadField("key", absl::StrCat("'", AsAbsl(key),
                                      "' is not store/ID, item/SKU, listing/ID/SKU or stop/ID, "
                                      "its parts percent-encoded"));
}

absl::Status CheckPart(absl::string_view field, const std::string& part, size_t bytes_max) {
  if (part.empty()) return BadField(absl::StrCat("key: ", field), "empty");
  return CheckLength(absl::StrCat("key: ", field), part, bytes_max);
}

template <typename Map>
auto Find(const Map& map, std::string_view name) -> decltype(&map.begin()->second) {
  const auto found = map.find(AsAbsl(name));
  return found == map.end() ? nullptr : &found->second;
}

ReferenceChange Change(bool changed, Kind kind, const std::string& store, const std::string& sku) {
  return changed ? ReferenceChange{kind, store, sku} : ReferenceChange{};
}

ReferenceChange ItemChange(bool changed, const std::string& sku, int64_t step_before_milli) {
  ReferenceChange change = Change(changed, Kind::kItem, "", sku);
  change.step_before_milli = step_before_milli;
  return change;
}

int64_t StepOf(const ItemInfo* item) {
  return item != nullptr ? item->step_milli : ItemInfo{}.step_milli;
}

// With what the hash table keeps beside a row, a control byte and the usual slack.
template <typename Info>
size_t RowBytes(const std::string& name, const Info& info) {
  return 16 + RecordBytes(name, info);
}

// The scope that covers both: what they share, else everything.
const std::string& Wider(const std::string& a, const std::string& b) {
  static const std::string everything;
  return a == b ? a : everything;
}

bool ById(const StopInfo& stop, const std::string& id) { return stop.id < id; }

}  // namespace

SourceInfo DefaultSource(std::string_view source_name) {
  SourceInfo source;
  source.name = std::string(source_name);
  if (source_name == "erp") source.role = SourceRole::kBook;
  if (source_name == "pos") source.role = SourceRole::kEarly;
  return source;
}

SourceInfo StoreInfo::Source(std::string_view source_name) const {
  for (const SourceInfo& source : sources) {
    if (source.name == source_name) return source;
  }
  SourceInfo undeclared = DefaultSource(source_name);
  // A store has one book: where another one is declared, a name does not make a second.
  const bool has_book = std::any_of(sources.begin(), sources.end(), [](const SourceInfo& source) {
    return source.role == SourceRole::kBook;
  });
  if (has_book && undeclared.role == SourceRole::kBook) undeclared.role = SourceRole::kEvidence;
  return undeclared;
}

absl::StatusOr<ReferenceChange> ReferenceTables::Apply(std::string_view key,
                                                       std::optional<std::string_view> value) {
  std::optional<Key> parts = SplitKey(key);
  if (!parts) return BadKey(key);
  const std::string kind = parts->front();
  parts->erase(parts->begin());
  if (kind == "store" && parts->size() == 1) return ApplyStore(*parts, value);
  if (kind == "item" && parts->size() == 1) return ApplyItem(*parts, value);
  if (kind == "listing" && parts->size() == 2) return ApplyListing(*parts, value);
  if (kind == "stop" && parts->size() == 1) return ApplyStop(*parts, value);
  return BadKey(key);
}

absl::StatusOr<ReferenceChange> ReferenceTables::ApplyStore(const Key& key, Value value) {
  const std::string& store = key[0];
  absl::Status status = CheckPart("store", store, kStoreBytesMax);
  if (!status.ok()) return status;
  if (!value) return Change(Remove(store, stores_), Kind::kStore, store, "");
  absl::StatusOr<StoreInfo> info = ReadStore(store, *value);
  if (!info.ok()) return info.status();
  return Change(Put(store, *std::move(info), stores_), Kind::kStore, store, "");
}

absl::StatusOr<ReferenceChange> ReferenceTables::ApplyItem(const Key& key, Value value) {
  const std::string& sku = key[0];
  absl::Status status = CheckPart("sku", sku, kSkuBytesMax);
  if (!status.ok()) return status;
  const int64_t step_before_milli = StepOf(FindItem(sku));
  if (!value) return ItemChange(Remove(sku, items_), sku, step_before_milli);
  absl::StatusOr<ItemInfo> info = ReadItem(sku, *value);
  if (!info.ok()) return info.status();
  return ItemChange(Put(sku, *std::move(info), items_), sku, step_before_milli);
}

absl::StatusOr<ReferenceChange> ReferenceTables::ApplyListing(const Key& key, Value value) {
  const std::string& store = key[0];
  const std::string& sku = key[1];
  absl::Status status = CheckPart("store", store, kStoreBytesMax);
  status.Update(CheckPart("sku", sku, kSkuBytesMax));
  if (!status.ok()) return status;
  if (!value) return Change(RemoveListing(store, sku), Kind::kListing, store, sku);
  absl::StatusOr<ListingInfo> info = ReadListing(store, sku, *value);
  if (!info.ok()) return info.status();
  return Change(PutListing(store, sku, *std::move(info)), Kind::kListing, store, sku);
}

template <typename Info>
bool ReferenceTables::Put(const std::string& name, Info info, Rows<Info>& rows) {
  std::unique_ptr<Info>& row = rows[name];
  if (row != nullptr && *row == info) return false;
  if (row == nullptr) {
    row = std::make_unique<Info>(std::move(info));
  } else {
    record_bytes_ -= RowBytes(name, *row);
    *row = std::move(info);
  }
  record_bytes_ += RowBytes(name, *row);
  return true;
}

template <typename Info>
bool ReferenceTables::Remove(const std::string& name, Rows<Info>& rows) {
  const auto row = rows.find(name);
  if (row == rows.end()) return false;
  record_bytes_ -= RowBytes(name, *row->second);
  rows.erase(row);
  return true;
}

bool ReferenceTables::PutListing(const std::string& store, const std::string& sku,
                                 ListingInfo info) {
  const auto [row, is_new] = listings_[store].try_emplace(sku);
  if (!is_new && row->second == info) return false;
  if (!is_new) record_bytes_ -= RowBytes(sku, row->second);
  row->second = std::move(info);
  record_bytes_ += RowBytes(sku, row->second);
  return true;
}

bool ReferenceTables::RemoveListing(const std::string& store, const std::string& sku) {
  const auto of_store = listings_.find(store);
  if (of_store == listings_.end()) return false;
  const auto row = of_store->second.find(sku);
  if (row == of_store->second.end()) return false;
  record_bytes_ -= RowBytes(sku, row->second);
  of_store->second.erase(row);
  if (of_store->second.empty()) listings_.erase(of_store);
  return true;
}

absl::StatusOr<ReferenceChange> ReferenceTables::ApplyStop(const Key& key, Value value) {
  const std::string& id = key[0];
  if (id.empty()) return BadField("key: id", "empty");
  if (!value) return ReplaceStop(id, std::nullopt);
  absl::StatusOr<StopRecord> record = ReadStop(id, *value);
  if (!record.ok()) return record.status();
  if (record->lifted) return ReplaceStop(id, std::nullopt);
  return ReplaceStop(id, std::move(record->stop));
}

ReferenceChange ReferenceTables::ReplaceStop(const std::string& id, std::optional<StopInfo> stop) {
  const auto at = std::lower_bound(stops_.begin(), stops_.end(), id, ById);
  const bool held = at != stops_.end() && at->id == id;
  if (!held && !stop) return {};
  if (held && stop && *at == *stop) return {};
  const StopInfo& before = held ? *at : *stop;
  const StopInfo& after = stop ? *stop : *at;
  ReferenceChange change{Kind::kStop, Wider(before.store, after.store),
                         Wider(before.sku, after.sku)};
  if (held && stop) {
    *at = *std::move(stop);
  } else if (held) {
    stops_.erase(at);
  } else {
    stops_.insert(at, *std::move(stop));
  }
  return change;
}

const StoreInfo* ReferenceTables::FindStore(std::string_view store) const {
  const auto* row = Find(stores_, store);
  return row == nullptr ? nullptr : row->get();
}

const ItemInfo* ReferenceTables::FindItem(std::string_view sku) const {
  const auto* row = Find(items_, sku);
  return row == nullptr ? nullptr : row->get();
}

const ListingInfo* ReferenceTables::FindListing(std::string_view store,
                                                std::string_view sku) const {
  const auto* of_store = Find(listings_, store);
  return of_store == nullptr ? nullptr : Find(*of_store, sku);
}

size_t ReferenceTables::bytes() const {
  size_t bytes = record_bytes_ + stops_.capacity() * sizeof(StopInfo);
  for (const auto& [name, store] : stores_) bytes += store->calendar.bytes();
  return bytes;
}

}  // namespace shelf
