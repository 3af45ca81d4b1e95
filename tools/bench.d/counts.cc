#include "counts.h"

#include <string>
#include <vector>

#include "base/check.h"
#include "shelf/v1/stock_event.pb.h"
#include "shop.h"

namespace shelf {
namespace {

constexpr int64_t kStartMs = 1'793'599'200'000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int kCountsPerEvent = 100;

// Position p is counted at p % 50 pieces.
int64_t Counted(uint32_t position) { return int64_t{position % 50} * 1000; }

std::vector<std::string> CountDocuments(const World& world, int64_t time_ms) {
  std::vector<std::string> documents;
  for (uint32_t p = 0; p < world.positions.size(); p += kCountsPerEvent) {
    v1::StockEvent event;
    event.set_store(std::string(world.store_names.Text(StoreId(0))));
    event.set_source("scan");
    event.set_epoch(1);
    event.set_sequence(documents.size() + 1);
    event.set_event_time_ms(time_ms);
    for (uint32_t i = p; i < world.positions.size() && i < p + kCountsPerEvent; ++i) {
      v1::CountLine& line = *event.mutable_counts()->add_lines();
      line.set_sku(std::string(world.sku_names.Text(world.positions[PositionId(i)].sku)));
      line.set_quantity_milli(Counted(i));
    }
    documents.push_back(event.SerializeAsString());
  }
  return documents;
}

uint64_t CheckedHash(World& world) {
  uint64_t hash = 0;
  for (uint32_t p = 0; p < world.positions.size(); ++p) {
    const Position& position = world.positions[PositionId(p)];
    SHELF_CHECK(position.on_hand_milli == Counted(p), "on hand is what was counted");
    hash += LineHash(world.store_names.Text(position.store), world.sku_names.Text(position.sku),
                     position.on_hand_milli);
  }
  return hash;
}

}  // namespace

Figures RunCountsBench(LoadOptions options) {
  options.stores = 1;
  Shop shop(kLoadRules);
  Load load(options);
  load.Reference([&](const std::string& key, const std::string& value) {
    shop.worker().HandleReference(key, value, {});
  });
  const auto take = [&](const std::string& key, const std::string& value) {
    shop.Take(key, value);
  };
  shop.Tick(kStartMs);
  load.Opening(kStartMs, take);
  load.Sales([](int64_t event) { return kStartMs + event; }, take);
  shop.Tick(kStartMs + kHourMs);

  World& world = shop.worker().world();
  const std::string store(world.store_names.Text(StoreId(0)));
  const std::vector<std::string> documents = CountDocuments(world, kStartMs + kHourMs);
  const Stopwatch watch;
  for (const std::string& document : documents) shop.Take(store, document);
  const double cpu_s = watch.cpu_s();

  Figures figures;
  figures["counts"] = world.positions.size();
  figures["movements_in_ring"] = world.stores[0].state.ring.size();
  figures["cpu_ms"] = cpu_s * 1e3;
  figures["hash"] = HashText(CheckedHash(world));
  return figures;
}

}  // namespace shelf
