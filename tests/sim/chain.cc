#include "sim/chain.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace shelf {
namespace {

constexpr int64_t kOpeningUnits = 500;
constexpr int kPromiseEveryS = 10;
constexpr int kBookEveryS = 300;
constexpr int kSaleEveryS = 40;  // on average, a store
constexpr int kSettleSecondsMax = 3000;

std::string SkuName(int sku) { return absl::StrCat("sku-", sku); }

bool HeldBackForLag(const v1::Availability& record) {
  for (const v1::Withheld& withheld : record.trace().withheld()) {
    if (withheld.stage() == "sync_lag" && withheld.quantity_milli() > 0) return true;
  }
  return record.sellable() == 0;  // nothing here ever sells out
}

}  // namespace

Chain::Chain(uint32_t seed) : random_(seed), harness_(kChainRules) {
  for (int sku = 0; sku < kChainSkus; ++sku) harness_.PutItem(SkuName(sku));
  shops_.resize(kChainStores);
  for (int store = 0; store < kChainStores; ++store) {
    shops_[static_cast<size_t>(store)].name = absl::StrCat(store);
    harness_.PutStore(absl::StrCat(store));
  }
  SHELF_CHECK(harness_.Start().ok(), "an empty log starts");
  for (Shop& shop : shops_) {
    SkuUnits lines;
    for (int sku = 0; sku < kChainSkus; ++sku) lines.emplace_back(SkuName(sku), kOpeningUnits);
    shop.units.insert(lines.begin(), lines.end());
    harness_.List(shop.name, lines);
  }
  harness_.Settle();
  records_seen_.resize(kPartitions);
  HeldBack();
}

void Chain::Trade(Shop& shop) {
  const int64_t second = harness_.now_ms() / 1000;
  if (random_() % kSaleEveryS == 0) {
    const std::string sku = SkuName(static_cast<int>(random_() % kChainSkus));
    v1::StockEvent sale = harness_.Document(shop.name, "pos");
    sale.mutable_deltas()->set_reason(v1::REASON_SALE);
    v1::DeltaLine& line = *sale.mutable_deltas()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(-1000);
    --shop.units[sku];
    shop.spool.push_back(std::move(sale));
  }
  if (second % kPromiseEveryS == 0) {
    v1::StockEvent promise = harness_.Document(shop.name, "pos");
    promise.set_complete_through_ms(harness_.now_ms());
    promise.mutable_heartbeat();
    shop.spool.push_back(std::move(promise));
  }
  if (second % kBookEveryS == 0) {
    // The book knows nothing of the day's sales before the night.
    v1::StockEvent promise = harness_.Document(shop.name, "erp");
    promise.set_complete_through_ms(kStartMs);
    promise.mutable_heartbeat();
    shop.spool.push_back(std::move(promise));
  }
}

void Chain::SendSpool(Shop& shop) {
  for (int n = 0; n < kSpoolDocumentsPerSecond && !shop.spool.empty(); ++n) {
    harness_.Append(shop.spool.front());
    shop.spool.pop_front();
  }
}

void Chain::Second() {
  for (size_t store = 0; store < shops_.size(); ++store) {
    Trade(shops_[store]);
    if (broker_up_ && !silent_.contains(static_cast<int>(store))) SendSpool(shops_[store]);
  }
}

void Chain::Live(int seconds) {
  for (int s = 0; s < seconds; ++s) {
    Second();
    harness_.Turns(1);
  }
}

void Chain::LiveWithoutDaemon(int seconds) {
  for (int s = 0; s < seconds; ++s) {
    Second();
    harness_.Wait(1000);
  }
}

void Chain::BrokerGoes() {
  broker_up_ = false;
  harness_.sink().Disconnect();
}

void Chain::BrokerComesBack() {
  broker_up_ = true;
  if (daemon_up_) harness_.sink().Connect();
}

void Chain::DaemonDies() {
  daemon_up_ = false;
  harness_.Crash();
}

void Chain::DaemonComesBack() {
  SHELF_CHECK(broker_up_, "a start waits for a broker");
  daemon_up_ = true;
  SHELF_CHECK(harness_.Start().ok(), "the worker starts again");
}

size_t Chain::spooled() const {
  size_t sum = 0;
  for (const Shop& shop : shops_) sum += shop.spool.size();
  return sum;
}

void Chain::Settle() {
  int seconds = 0;
  do {
    Live(1);
    SHELF_CHECK(++seconds < kSettleSecondsMax, "spools run empty");
  } while (spooled() > 0 || !harness_.worker().caught_up());
  harness_.Settle();
}

std::map<std::string, int> Chain::HeldBack() {
  std::set<std::string> keys;
  for (int32_t p = 0; p < kPartitions; ++p) {
    const auto& records = harness_.log().Records("availability", p);
    size_t& seen = records_seen_[static_cast<size_t>(p)];
    for (; seen < records.size(); ++seen) {
      v1::Availability record;
      SHELF_CHECK(record.ParseFromString(records[seen].value), "an Availability");
      if (HeldBackForLag(record)) keys.insert(records[seen].key);
    }
  }
  std::map<std::string, int> counts;
  for (const std::string& key : keys) ++counts[key.substr(0, key.rfind('/'))];
  return counts;
}

Lines Chain::Faults() {
  Lines faults = FaultsOf(harness_);
  const std::map<std::string, v1::Availability> newest = harness_.Newest();
  for (const Shop& shop : shops_) {
    for (const auto& [sku, units] : shop.units) {
      for (const auto& [channel, back] : {std::pair{"site", 1}, std::pair{"market", 0}}) {
        const auto record = newest.find(absl::StrCat(channel, "/", shop.name, "/", sku));
        const int64_t said = record != newest.end() ? record->second.sellable() : -1;
        if (said != units - back) {
          faults.push_back(absl::StrCat(channel, "/", shop.name, "/", sku, " says ", said, " of ",
                                        units, " units"));
        }
      }
    }
  }
  return faults;
}

}  // namespace shelf
