// Any records are taken into the tables or refused with the field and the reason, without a change.
// What is taken says nothing new when it is said again, and is gone with its tombstones.
//
// An input is a row of records: a byte with the key's length, the key, two bytes with the value's
// length (little-endian, the largest: a tombstone), the value.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "fuzz/require.h"
#include "reference/reference.h"

namespace {

using namespace shelf;

constexpr uint16_t kTombstone = 0xffff;
constexpr int64_t kDayMs = 24LL * 3600 * 1000;
constexpr int64_t kNowMs = 1'793'599'200'000;

using RecordList = std::vector<std::pair<std::string_view, std::optional<std::string_view>>>;

std::string_view Take(std::string_view& rest, size_t bytes) {
  const std::string_view taken = rest.substr(0, bytes);
  rest.remove_prefix(taken.size());
  return taken;
}

RecordList RecordsIn(std::string_view rest) {
  RecordList records;
  while (!rest.empty()) {
    const auto key_bytes = static_cast<uint8_t>(Take(rest, 1).front());
    const std::string_view key = Take(rest, key_bytes);
    const auto value_bytes = ByteReader(Take(rest, 2)).Get<uint16_t>();
    if (value_bytes == kTombstone) {
      records.emplace_back(key, std::nullopt);
    } else {
      records.emplace_back(key, Take(rest, value_bytes));
    }
  }
  return records;
}

struct Amounts {
  size_t stores, items, stops, bytes;
  friend bool operator==(const Amounts&, const Amounts&) = default;
};

Amounts AmountsOf(const ReferenceTables& tables) {
  return {tables.stores(), tables.items(), tables.stops().size(), tables.bytes()};
}

// The calendar's questions agree with each other.
void CheckCalendar(const Calendar& calendar) {
  for (const int64_t ms : {int64_t{1}, kDayMs / 24, kDayMs}) {
    const int64_t then = calendar.After(kNowMs, ms);
    Require(then >= kNowMs, "time goes forward");
    if (then != INT64_MAX) Require(calendar.TradingMs(kNowMs, then) == ms, "After is exact");
  }
  const int64_t week = calendar.TradingMs(kNowMs, kNowMs + 7 * kDayMs);
  Require(week >= 0 && week <= 7 * kDayMs, "no more trading time than time");
  Require(calendar.TradingMs(kNowMs + 7 * kDayMs, kNowMs) == -week, "backwards is the negative");
}

void CheckTaken(const ReferenceChange& change, const ReferenceTables& tables) {
  if (change.kind == ReferenceChange::Kind::kStore) {
    const StoreInfo* store = tables.FindStore(change.store);
    if (store != nullptr) CheckCalendar(store->calendar);
  }
  if (change.kind == ReferenceChange::Kind::kItem) {
    const ItemInfo* item = tables.FindItem(change.sku);
    Require(item == nullptr || item->step_milli > 0, "an item has a step");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ReferenceTables tables;
  const RecordList records = RecordsIn({reinterpret_cast<const char*>(data), size});
  for (const auto& [key, value] : records) {
    const Amounts before = AmountsOf(tables);
    const auto change = tables.Apply(key, value);
    if (!change.ok()) {
      Require(absl::IsInvalidArgument(change.status()), "a refusal is the record's fault");
      Require(change.status().message().find(": ") != absl::string_view::npos, "field: reason");
      Require(AmountsOf(tables) == before, "what is refused changes nothing");
      continue;
    }
    const auto again = tables.Apply(key, value);
    Require(again.ok() && again->kind == ReferenceChange::Kind::kNothing, "said again: nothing");
    CheckTaken(*change, tables);
  }
  for (const auto& record : records) (void)tables.Apply(record.first, std::nullopt).ok();
  const Amounts left = AmountsOf(tables);
  Require(left.stores == 0 && left.items == 0 && left.stops == 0, "tombstones remove everything");
  return 0;
}
