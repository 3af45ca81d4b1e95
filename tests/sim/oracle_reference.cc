#include "sim/oracle_reference.h"

#include <algorithm>
#include <set>

#include "sim/oracle_sources.h"

namespace shelf::sim::oracle {
namespace {

constexpr size_t kStoreBytes = 64;
constexpr size_t kSkuBytes = 128;

int HexDigit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  const size_t at = kDigits.find(c);
  if (at == std::string_view::npos) return -1;
  return static_cast<int>(at < 16 ? at : at - 6);
}

// The parts of a key, decoded; none: it is badly encoded.
std::vector<std::string> PartsOf(std::string_view key) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '/') {
      parts.emplace_back();
    } else if (key[i] != '%') {
      parts.back() += key[i];
    } else {
      const int high = i + 2 < key.size() ? HexDigit(key[i + 1]) : -1;
      const int low = i + 2 < key.size() ? HexDigit(key[i + 2]) : -1;
      if (high < 0 || low < 0) return {};
      parts.back() += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return parts;
}

bool IsName(const std::string& name, size_t bytes_max) {
  return !name.empty() && name.size() <= bytes_max;
}

// Empty, or so many digits of which the last makes the weighted sum a multiple of ten.
bool IsGs1(const std::string& number, size_t digits) {
  if (number.empty()) return true;
  if (number.size() != digits) return false;
  int sum = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (number[i] < '0' || number[i] > '9') return false;
    sum += (number[i] - '0') * ((digits - 1 - i) % 2 == 0 ? 1 : 3);
  }
  return sum % 10 == 0;
}

bool IsUnit(const std::string& code) {
  if (code.empty()) return true;
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return (code.size() == 2 || code.size() == 3) && std::all_of(code.begin(), code.end(), fits);
}

bool AreHours(int opens_minute, int closes_minute) {
  return opens_minute >= 0 && opens_minute < 1440 && closes_minute >= opens_minute &&
         closes_minute <= 2880;
}

bool ReadWeek(const v1::Store& store, Week& week) {
  week.zone = store.timezone();
  for (const v1::OpeningHours& hours : store.opening_hours()) {
    if (hours.weekday() < 1 || hours.weekday() > 7) return false;
    if (hours.opens_minute() == hours.closes_minute()) return false;
    if (!AreHours(hours.opens_minute(), hours.closes_minute())) return false;
    week.weekly[hours.weekday()].push_back({hours.opens_minute(), hours.closes_minute()});
  }
  for (const v1::SpecialDay& special : store.special_days()) {
    int64_t day = 0;
    if (!ReadDay(special.date(), day)) return false;
    if (!AreHours(special.opens_minute(), special.closes_minute())) return false;
    week.days[day].push_back({special.opens_minute(), special.closes_minute()});
  }
  return IsKnownZone(week.zone) || (week.zone.empty() && week.always_open());
}

bool SourcesAreRight(const v1::Store& store) {
  std::set<std::string> names;
  int books = 0;
  for (const v1::Source& source : store.sources()) {
    if (!IsName(source.name(), 64) || !names.insert(source.name()).second) return false;
    if (source.role() < 0 || source.role() > v1::SOURCE_ROLE_EVIDENCE) return false;
    const bool by_name = source.role() == v1::SOURCE_ROLE_UNSPECIFIED;
    const bool is_book =
        by_name ? RoleByName(source.name()) == Role::kBook : source.role() == v1::SOURCE_ROLE_BOOK;
    if (is_book) ++books;
  }
  return books <= 1;
}

bool StoreIsRight(const std::string& name, const v1::Store& store) {
  if (store.store() != name || !IsGs1(store.gln(), 13) || !SourcesAreRight(store)) return false;
  return std::all_of(store.services().begin(), store.services().end(), [](const v1::Service& s) {
    return !s.method().empty() && s.ready_in_minutes() >= 0;
  });
}

template <typename Message>
bool Parse(std::string_view value, Message& message) {
  return message.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

template <typename Map, typename Key>
auto Find(const Map& map, const Key& key) -> decltype(&map.begin()->second) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

bool Reference::Take(std::string_view key, std::optional<std::string_view> value) {
  store_touched_.clear();
  const std::vector<std::string> parts = PartsOf(key);
  if (parts.size() == 2 && parts[0] == "store") return TakeStore(parts[1], value);
  if (parts.size() == 2 && parts[0] == "item") return TakeItem(parts[1], value);
  if (parts.size() == 2 && parts[0] == "stop") return TakeStop(parts[1], value);
  if (parts.size() != 3 || parts[0] != "listing") return false;
  return TakeListing(parts[1], parts[2], value);
}

bool Reference::TakeStore(const std::string& store, Value value) {
  if (!IsName(store, kStoreBytes)) return false;
  StoreRecord record;
  Week week;
  if (value) {
    if (!Parse(*value, record.says) || !StoreIsRight(store, record.says)) return false;
    if (!ReadWeek(record.says, week)) return false;
  }
  stores_.erase(store);
  store_touched_ = store;
  if (!value) return true;
  record.hours = std::make_unique<TradingTime>(std::move(week));
  stores_.emplace(store, std::move(record));
  return true;
}

bool Reference::TakeItem(const std::string& sku, Value value) {
  if (!IsName(sku, kSkuBytes)) return false;
  v1::Item item;
  if (value) {
    if (!Parse(*value, item) || item.sku() != sku || !IsGs1(item.gtin(), 14)) return false;
    if (!IsUnit(item.unit_of_measure()) || item.step_milli() < 0) return false;
    if (item.parent_sku().size() > kSkuBytes) return false;
  }
  items_.erase(sku);
  if (value) items_[sku] = item;
  return true;
}

bool Reference::TakeListing(const std::string& store, const std::string& sku, Value value) {
  if (!IsName(store, kStoreBytes) || !IsName(sku, kSkuBytes)) return false;
  v1::Listing listing;
  if (value) {
    if (!Parse(*value, listing) || listing.store() != store || listing.sku() != sku) return false;
  }
  listings_.erase({store, sku});
  if (value) listings_[{store, sku}] = listing;
  return true;
}

bool Reference::TakeStop(const std::string& id, Value value) {
  if (id.empty()) return false;
  v1::StopSale stop;
  if (value) {
    if (!Parse(*value, stop) || stop.id() != id || stop.expires_at_ms() < 0) return false;
    if (stop.store().size() > kStoreBytes || stop.sku().size() > kSkuBytes) return false;
  }
  stops_.erase(id);
  if (value && !stop.lifted()) stops_[id] = stop;
  return true;
}

const StoreRecord* Reference::Store(const std::string& store) const { return Find(stores_, store); }

const v1::Item* Reference::Item(const std::string& sku) const { return Find(items_, sku); }

const v1::Listing* Reference::Listing(const std::string& store, const std::string& sku) const {
  return Find(listings_, std::pair(store, sku));
}

}  // namespace shelf::sim::oracle
