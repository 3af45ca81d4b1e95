#include "load.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "absl/strings/str_format.h"
#include "shelf/v1/reference.pb.h"

namespace shelf {

const std::string_view kLoadRules = R"(version: 1
channels:
  own-site:
    limited_at: 2
    rules:
      - id: all
        sync_lag: [{over: 4h, keep: 80%}, {over: 12h, keep: 0%}]
        safety_stock: {subtract: 1}
        limits: {cap: 50}
      - {id: fresh, when: {category: [Fresh]}, safety_stock: {percent: 10}}
  market:
    rules:
      - {id: market, presence: {after_nil_pick: until_evidence}, safety_stock: {subtract: 2}}
  express:
    rules:
      - {id: express, safety_stock: {subtract: 3}, limits: {cutoff_below: 2}}
  app:
    rules:
      - {id: app, sync_lag: [{over: 4h, subtract: 1}]}
)";

namespace {

constexpr int kLinesPerChunk = 500;
constexpr int kOpeningPiecesMax = 39;
constexpr int kDeliveryLeast = 12;
constexpr int kDeliverySpread = 32;
constexpr int kFirstStore = 100;
constexpr absl::string_view kSkuPrefix = "46012340";

uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 31)) * 0x7fb5d329728ea185U;
  return x ^ (x >> 27);
}

// The last eight bytes, where names of a load differ.
uint64_t Tail(std::string_view name) {
  uint64_t tail = 0;
  const size_t size = std::min(name.size(), sizeof(tail));
  std::memcpy(&tail, name.data() + name.size() - size, size);
  return tail;
}

int NumberIn(std::string_view digits) {
  int number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : -1;
}

void Count(const std::string& key, const std::string& value, LoadCounts& counts) {
  ++counts.events;
  counts.bytes += static_cast<int64_t>(key.size() + value.size());
}

}  // namespace

uint64_t LineHash(std::string_view store, std::string_view sku, int64_t quantity_milli) {
  const uint64_t place = Mix(Tail(store) * 0x9e3779b97f4a7c15U + Tail(sku)) | 1;
  return place * static_cast<uint64_t>(quantity_milli);
}

Load::Load(const LoadOptions& options) : options_(options), random_(options.seed) {
  for (int s = 0; s < options.stores; ++s) {
    stores_.push_back(absl::StrFormat("%06d", kFirstStore + s));
  }
  for (int k = 0; k < options.skus; ++k) {
    skus_.push_back(absl::StrFormat("%s%05d", kSkuPrefix, k));
  }
  for (int s = 0; s < options.stores; ++s) {
    for (int k = 0; k < options.skus; ++k) {
      pieces_.push_back(static_cast<int32_t>(OpeningPieces(s, k)));
    }
  }
}

int64_t Load::OpeningPieces(int store, int sku) const {
  const int64_t place = int64_t{store} * options_.skus + sku;
  const int64_t spread = kOpeningPiecesMax + 1 - options_.stock_least;
  const uint64_t drawn = Mix(Mix(options_.seed) + static_cast<uint64_t>(place));
  return options_.stock_least + static_cast<int64_t>(drawn % static_cast<uint64_t>(spread));
}

int64_t Load::Reference(const Take& take) const {
  for (int s = 0; s < options_.stores; ++s) {
    v1::Store store;
    store.set_store(StoreName(s));
    take("store/" + store.store(), store.SerializeAsString());
  }
  for (int k = 0; k < options_.skus; ++k) {
    v1::Item item;
    item.set_sku(SkuName(k));
    item.add_category(k % 5 == 0 ? "Fresh" : "Grocery");
    take("item/" + item.sku(), item.SerializeAsString());
  }
  return int64_t{options_.stores} + options_.skus;
}

v1::StockEvent Load::Envelope(int store, uint64_t sequence, int64_t time_ms) const {
  v1::StockEvent event;
  event.set_store(StoreName(store));
  event.set_source("erp");
  event.set_epoch(1);
  event.set_sequence(sequence);
  event.set_event_time_ms(time_ms);
  event.set_complete_through_ms(time_ms);
  return event;
}

int64_t Load::OpeningEventsPerStore() const {
  return 2 + (options_.skus + kLinesPerChunk - 1) / kLinesPerChunk;
}

LoadCounts Load::Opening(int64_t time_ms, const Take& take) const {
  LoadCounts counts;
  const auto add = [&](const v1::StockEvent& event) {
    const std::string value = event.SerializeAsString();
    Count(event.store(), value, counts);
    take(event.store(), value);
  };
  for (int s = 0; s < options_.stores; ++s) {
    uint64_t sequence = 0;
    v1::StockEvent begin = Envelope(s, ++sequence, time_ms);
    begin.mutable_snapshot_begin()->set_snapshot_id("list");
    add(begin);
    for (int first = 0; first < options_.skus; first += kLinesPerChunk) {
      v1::StockEvent event = Envelope(s, ++sequence, time_ms);
      v1::SnapshotChunk& chunk = *event.mutable_snapshot_chunk();
      chunk.set_snapshot_id("list");
      for (int k = first; k < std::min(first + kLinesPerChunk, options_.skus); ++k) {
        v1::BookLine& line = *chunk.add_lines();
        line.set_sku(SkuName(k));
        line.set_quantity_milli(OpeningPieces(s, k) * 1000);
        counts.hash += LineHash(event.store(), line.sku(), line.quantity_milli());
      }
      counts.lines += chunk.lines_size();
      add(event);
    }
    v1::StockEvent end = Envelope(s, ++sequence, time_ms);
    end.mutable_snapshot_end()->set_snapshot_id("list");
    end.mutable_snapshot_end()->set_line_count(static_cast<uint64_t>(options_.skus));
    add(end);
  }
  return counts;
}

void Load::AddMovement(int store, v1::Deltas& deltas, LoadCounts& counts) {
  const int sku = static_cast<int>(random_() % static_cast<uint64_t>(options_.skus));
  int32_t& pieces = pieces_[static_cast<size_t>(int64_t{store} * options_.skus + sku)];
  v1::DeltaLine& line = *deltas.add_lines();
  line.set_sku(SkuName(sku));
  int32_t moved = -1;
  if (pieces == 0) {
    moved = kDeliveryLeast + static_cast<int32_t>(random_() % kDeliverySpread);
    line.set_reason(v1::REASON_RECEIPT);
  }
  pieces += moved;
  line.set_quantity_milli(int64_t{moved} * 1000);
  ++counts.lines;
  counts.hash += LineHash(StoreName(store), line.sku(), line.quantity_milli());
}

LoadCounts Load::Sales(const TimeOf& time_of, const Take& take) {
  LoadCounts counts;
  std::vector<uint64_t> sequences(static_cast<size_t>(options_.stores),
                                  static_cast<uint64_t>(OpeningEventsPerStore()));
  const int64_t events = options_.lines / options_.lines_per_event;
  std::string value;
  for (int64_t e = 0; e < events; ++e) {
    const auto store = static_cast<int>(random_() % static_cast<uint64_t>(options_.stores));
    v1::StockEvent event = Envelope(store, ++sequences[static_cast<size_t>(store)], time_of(e));
    event.mutable_deltas()->set_reason(v1::REASON_SALE);
    for (int n = 0; n < options_.lines_per_event; ++n) {
      AddMovement(store, *event.mutable_deltas(), counts);
    }
    event.SerializeToString(&value);
    Count(event.store(), value, counts);
    take(event.store(), value);
  }
  return counts;
}

v1::StockEvent Load::RotatingSale(int64_t event, int64_t time_ms) const {
  const int64_t round = event / positions();
  const auto store = static_cast<int>(event % positions() % options_.stores);
  const int64_t sku = event % positions() / options_.stores;
  const int64_t sequence = OpeningEventsPerStore() + round * options_.skus + sku + 1;
  v1::StockEvent sale = Envelope(store, static_cast<uint64_t>(sequence), time_ms);
  sale.set_event_id(std::to_string(event));
  sale.mutable_deltas()->set_reason(v1::REASON_SALE);
  v1::DeltaLine& line = *sale.mutable_deltas()->add_lines();
  line.set_sku(SkuName(static_cast<int>(sku)));
  line.set_quantity_milli(-1000);
  return sale;
}

int64_t Load::RotatingEvent(std::string_view store, std::string_view sku, int64_t pieces) const {
  const int s = NumberIn(store) - kFirstStore;
  if (s < 0 || s >= options_.stores || sku.size() <= kSkuPrefix.size()) return -1;
  const int k = NumberIn(sku.substr(kSkuPrefix.size()));
  if (k < 0 || k >= options_.skus) return -1;
  const int64_t round = OpeningPieces(s, k) - pieces - 1;
  return round < 0 ? -1 : round * positions() + int64_t{k} * options_.stores + s;
}

}  // namespace shelf
