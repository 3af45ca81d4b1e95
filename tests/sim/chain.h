// A chain that trades while the broker, the daemon and single stores come and go. Every store's
// till sells now and then and promises every ten seconds, its book every five minutes; what cannot
// be sent waits in the store's spool and goes out in order, a few documents a second. Time is
// simulated; one step is one second. Same seed, same day.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "loop/harness.h"

namespace shelf {

// site: half after 15 minutes of lag, nothing after 30, one unit back. market: nothing after an
// hour.
inline constexpr char kChainRules[] = R"(
version: 1
channels:
  site:
    trace: true
    rules:
      - {id: s, sync_lag: [{over: 15m, keep: 50%}, {over: 30m, keep: 0%}], safety_stock: {subtract: 1}}
  market:
    trace: true
    rules:
      - {id: m, sync_lag: [{over: 1h, keep: 0%}]}
)";

inline constexpr int kChainStores = 12;
inline constexpr int kChainSkus = 8;

class Chain {
 public:
  // The stores are known, listed and published when it returns.
  explicit Chain(uint32_t seed);

  // So many seconds of trade. The worker must run.
  void Live(int seconds);

  void BrokerGoes();
  void BrokerComesBack();
  // The store's line to the broker is down; it goes on trading.
  void StoreGoesSilent(int store) { silent_.insert(store); }
  void StoreComesBack(int store) { silent_.erase(store); }
  void DaemonDies();  // SIGKILL; Live must not be called before it is back
  void DaemonComesBack();
  // The stores trade on while no daemon runs.
  void LiveWithoutDaemon(int seconds);

  // Documents that wait in spools.
  size_t spooled() const;
  // All spools are empty, all is said.
  void Settle();

  // Keys of which a record since the last call held something back for lag, or said zero although
  // goods are there; "site/7".. by channel and store, with how many keys.
  std::map<std::string, int> HeldBack();
  // Records on `availability` in all.
  int64_t records() const { return harness_.RecordsIn("availability"); }
  // One thing a line: what the newest records say and the model does not, and FaultsOf the harness.
  Lines Faults();

 private:
  static constexpr int kSpoolDocumentsPerSecond = 20;

  struct Shop {
    std::string name;
    std::deque<v1::StockEvent> spool;
    std::map<std::string, int64_t> units;  // the truth, by SKU
  };

  void Trade(Shop& shop);
  void SendSpool(Shop& shop);
  void Second();

  std::mt19937 random_;
  Harness harness_;
  std::vector<Shop> shops_;
  std::set<int> silent_;
  bool broker_up_ = true;
  bool daemon_up_ = true;
  std::vector<size_t> records_seen_;  // by output partition
};

}  // namespace shelf
