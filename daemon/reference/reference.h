// What the `reference` topic says, as the evaluation needs it: stores with their trading calendar
// and services, items, listings, stop-sales. Built record by record; the newest record of a key
// holds; a tombstone removes it.
// THREAD: one owner (the worker); no locks, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/source_role.h"
#include "reference/calendar.h"

namespace shelf {

struct SourceInfo {
  std::string name;
  SourceRole role = SourceRole::kEvidence;
  bool required = false;  // early only: holds the watermark back
  friend bool operator==(const SourceInfo&, const SourceInfo&) = default;
};

struct ServiceInfo {
  std::string method;
  int32_t ready_in_minutes = 0;
  friend bool operator==(const ServiceInfo&, const ServiceInfo&) = default;
};

// Channel name -> id there, sorted.
using ChannelIds = std::vector<std::pair<std::string, std::string>>;

struct StoreInfo {
  bool closed = false;
  bool count_hold = false;            // what counts corrected stays on top of later lists
  bool count_after_nil_pick = false;  // what pickers do not find is counted
  std::string name, gln, region;
  std::vector<std::string> groups;
  std::vector<ServiceInfo> services;
  std::vector<SourceInfo> sources;  // as declared
  ChannelIds channel_ids;
  Calendar calendar;

  // The declared role of a source, else its name's: erp book, pos early and not required, all
  // others evidence; where another book is declared, erp is evidence too.
  SourceInfo Source(std::string_view source_name) const;
  friend bool operator==(const StoreInfo&, const StoreInfo&) = default;
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
  friend bool operator==(const ItemInfo&, const ItemInfo&) = default;
};

struct ListingInfo {
  bool delisted = false;
  std::vector<std::string> channels;  // empty = all
  friend bool operator==(const ListingInfo&, const ListingInfo&) = default;
};

struct StopInfo {
  std::string id, sku, store, channel;  // empty = every one
  int64_t expires_at_ms = 0;            // 0 = until lifted
  std::string by, reason;
  friend bool operator==(const StopInfo&, const StopInfo&) = default;
};

// What a record changed, so that the loop evaluates just that again. Names are as in the record.
// kNothing: the record says what was already held, or removes what was not. A stop that moves from
// one scope to another reports one that covers both.
struct ReferenceChange {
  enum class Kind : uint8_t { kNothing, kStore, kItem, kListing, kStop } kind = Kind::kNothing;
  std::string store;  // kStore, kListing; kStop: empty = every store
  std::string sku;    // kItem, kListing; kStop: empty = every item
  // kItem: the step until now; that of an item that was unknown is 1000.
  int64_t step_before_milli = 0;
};

class ReferenceTables {
 public:
  // Applies one record of the topic (value absent: tombstone). InvalidArgument with the field and
  // the reason when it cannot be used; then nothing has changed. Checked: the key's form and that
  // it names what the value names, lengths of names, GLN and GTIN check digits (empty is allowed),
  // the time zone, minutes and weekdays in range, at most one book source, step >= 0, Rec 20
  // code's form.
  absl::StatusOr<ReferenceChange> Apply(std::string_view key,
                                        std::optional<std::string_view> value);

  // What is found stays at its address, with its content brought up to date, until its record is
  // removed. No allocation. Null: unknown.
  const StoreInfo* FindStore(std::string_view store) const;
  const ItemInfo* FindItem(std::string_view sku) const;
  // As FindStore, but the address holds only until the next Apply.
  const ListingInfo* FindListing(std::string_view store, std::string_view sku) const;
  // Not lifted, by id; expiry is the caller's to judge.
  const std::vector<StopInfo>& stops() const { return stops_; }

  size_t stores() const { return stores_.size(); }
  size_t items() const { return items_.size(); }
  // Bytes held, for the memory account: an estimate, O(stores).
  size_t bytes() const;

 private:
  using Key = std::vector<std::string>;  // decoded parts behind the kind
  using Value = std::optional<std::string_view>;
  template <typename Info>
  using Rows = absl::flat_hash_map<std::string, std::unique_ptr<Info>>;
  using Listings = absl::flat_hash_map<std::string, ListingInfo>;  // by SKU

  absl::StatusOr<ReferenceChange> ApplyStore(const Key& key, Value value);
  absl::StatusOr<ReferenceChange> ApplyItem(const Key& key, Value value);
  absl::StatusOr<ReferenceChange> ApplyListing(const Key& key, Value value);
  absl::StatusOr<ReferenceChange> ApplyStop(const Key& key, Value value);

  // False when nothing changes by it.
  template <typename Info>
  bool Put(const std::string& name, Info info, Rows<Info>& rows);
  template <typename Info>
  bool Remove(const std::string& name, Rows<Info>& rows);
  bool PutListing(const std::string& store, const std::string& sku, ListingInfo info);
  bool RemoveListing(const std::string& store, const std::string& sku);
  // Null: none of that id any more.
  ReferenceChange ReplaceStop(const std::string& id, std::optional<StopInfo> stop);

  Rows<StoreInfo> stores_;
  Rows<ItemInfo> items_;
  absl::flat_hash_map<std::string, Listings> listings_;  // by store; none empty
  std::vector<StopInfo> stops_;
  size_t record_bytes_ = 0;  // of stores, items and listings, without the calendars
};

}  // namespace shelf
