// What the `reference` topic says, as the evaluation needs it: stores with their trading calendar
// and services, items, listings, stop-sales. Built record by record; the newest record of a key
// holds; a tombstone removes it.
// THREAD: one owner (the worker); no locks, no clock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/interner.h"
#include "base/source_role.h"
#include "base/time.h"
#include "reference/calendar.h"

namespace shelf {

struct SourceInfo {
  std::string name;
  SourceRole role = SourceRole::kEvidence;
  bool required = false;  // early only: holds the watermark back
};

struct ServiceInfo {
  std::string method;
  int32_t ready_in_minutes = 0;
};

using ChannelIds = std::vector<std::pair<std::string, std::string>>;  // channel name -> id there

struct StoreInfo {
  bool closed = false;
  std::string name, gln, region;
  std::vector<std::string> groups;
  std::vector<ServiceInfo> services;
  std::vector<SourceInfo> sources;  // as declared
  ChannelIds channel_ids;
  Calendar calendar;

  // The declared role of a source, else its name's: erp book, pos early and not required, all
  // others evidence.
  SourceInfo Source(std::string_view source_name) const;
};
SourceInfo DefaultSource(std::string_view source_name);

struct ItemInfo {
  std::string name, gtin;
  std::vector<std::string> category;  // widest first
  std::string unit_of_measure = "H87";
  int64_t step_milli = 1000;
  ChannelIds channel_ids;
  std::vector<std::string> blocked_channels;
  std::string parent_sku;
};

struct ListingInfo {
  bool delisted = false;
  std::vector<std::string> channels;  // empty = all
};

struct StopInfo {
  std::string id, sku, store, channel;  // empty = every one
  int64_t expires_at_ms = 0;            // 0 = until lifted
  std::string by, reason;
};

// What a record changed, so that the loop evaluates just that again. Names are as in the record.
struct ReferenceChange {
  enum class Kind : uint8_t { kNothing, kStore, kItem, kListing, kStop } kind = Kind::kNothing;
  std::string store;  // kStore, kListing; kStop: empty = every store
  std::string sku;    // kItem, kListing; kStop: empty = every item
};

class ReferenceTables {
 public:
  // Applies one record of the topic (value absent: tombstone). InvalidArgument with the field and
  // the reason when it cannot be used; then nothing has changed. Checked: the key's form and that
  // it names what the value names, GLN and GTIN check digits (empty is allowed), the time zone,
  // minutes and weekdays in range, at most one book source, step >= 0, Rec 20 code's form.
  absl::StatusOr<ReferenceChange> Apply(std::string_view key, std::optional<std::string_view> value);

  const StoreInfo* FindStore(std::string_view store) const;  // null: unknown
  const ItemInfo* FindItem(std::string_view sku) const;      // null: unknown
  const ListingInfo* FindListing(std::string_view store, std::string_view sku) const;
  // Not lifted; expiry is the caller's to judge.
  const std::vector<StopInfo>& stops() const { return stops_; }

  size_t stores() const { return stores_.size(); }
  size_t items() const { return items_.size(); }
  size_t bytes() const;

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<StoreInfo>> stores_;
  absl::flat_hash_map<std::string, std::unique_ptr<ItemInfo>> items_;
  absl::flat_hash_map<std::string, ListingInfo> listings_;  // "store/sku", encoded
  std::vector<StopInfo> stops_;
};

}  // namespace shelf
