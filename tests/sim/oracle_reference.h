// What the records of `reference` say that are in force: of each key the newest that can be used.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shelf/v1/reference.pb.h"
#include "sim/oracle_hours.h"

namespace shelf::sim::oracle {

struct StoreRecord {
  v1::Store says;
  std::unique_ptr<TradingTime> hours;
};

class Reference {
 public:
  // False: the record cannot be used, and nothing has changed.
  bool Take(std::string_view key, std::optional<std::string_view> value);

  // Null: unknown.
  const StoreRecord* Store(const std::string& store) const;
  const v1::Item* Item(const std::string& sku) const;
  const v1::Listing* Listing(const std::string& store, const std::string& sku) const;
  const std::map<std::string, v1::StopSale>& stops() const { return stops_; }
  // The store that the record taken last was about; empty: it was about something else.
  const std::string& store_touched() const { return store_touched_; }

 private:
  using Value = std::optional<std::string_view>;
  bool TakeStore(const std::string& store, Value value);
  bool TakeItem(const std::string& sku, Value value);
  bool TakeListing(const std::string& store, const std::string& sku, Value value);
  bool TakeStop(const std::string& id, Value value);

  std::map<std::string, StoreRecord> stores_;
  std::map<std::string, v1::Item> items_;
  std::map<std::pair<std::string, std::string>, v1::Listing> listings_;
  std::map<std::string, v1::StopSale> stops_;
  std::string store_touched_;
};

}  // namespace shelf::sim::oracle
