// Deaf is not silent: what an outage of ours, of the broker or of one store does to the numbers of
// a chain, over hours.
#include "sim/chain.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int kMinuteS = 60;
constexpr int kHourS = 3600;
using KeyCounts = std::map<std::string, int>;  // keys by channel and store

// Both channels of one store, all its keys.
KeyCounts AllOf(const std::string& store) {
  return {{"market/" + store, kChainSkus}, {"site/" + store, kChainSkus}};
}

}  // namespace

TEST_CASE("a broker that is away for two hours delists nothing, then or after", "[sim]") {
  Chain chain(1);
  chain.Live(10 * kMinuteS);
  CHECK(chain.HeldBack().empty());
  chain.BrokerGoes();
  chain.Live(1);
  const int64_t before = chain.records();
  chain.Live(2 * kHourS);
  CHECK(chain.records() == before);
  CHECK(chain.spooled() > kChainStores * 2 * kHourS / 10);
  chain.BrokerComesBack();
  chain.Settle();
  chain.Live(30 * kMinuteS);
  chain.Settle();
  CHECK(chain.HeldBack().empty());
  CHECK(chain.Faults() == Lines{});
}

TEST_CASE("a daemon that is away for two hours delists nothing when it is back", "[sim]") {
  Chain chain(2);
  chain.Live(10 * kMinuteS);
  chain.DaemonDies();
  chain.LiveWithoutDaemon(2 * kHourS);
  chain.DaemonComesBack();
  chain.Live(30 * kMinuteS);
  chain.Settle();
  CHECK(chain.HeldBack().empty());
  CHECK(chain.Faults() == Lines{});
}

TEST_CASE("broker and daemon away together, and the daemon dies again: nothing is delisted",
          "[sim]") {
  Chain chain(3);
  chain.Live(5 * kMinuteS);
  chain.BrokerGoes();
  chain.Live(kHourS);
  chain.DaemonDies();
  chain.LiveWithoutDaemon(kHourS);
  chain.BrokerComesBack();
  chain.LiveWithoutDaemon(5);
  chain.DaemonComesBack();
  chain.Live(10);
  chain.DaemonDies();
  chain.DaemonComesBack();
  chain.Live(30 * kMinuteS);
  chain.Settle();
  CHECK(chain.HeldBack().empty());
  CHECK(chain.Faults() == Lines{});
}

TEST_CASE("a store that is silent for two hours is delisted, and just that store", "[sim]") {
  Chain chain(4);
  chain.Live(10 * kMinuteS);
  CHECK(chain.HeldBack().empty());
  chain.StoreGoesSilent(7);
  chain.Live(14 * kMinuteS);
  CHECK(chain.HeldBack().empty());
  chain.Live(2 * kMinuteS);
  const KeyCounts only_site = {{"site/7", kChainSkus}};
  CHECK(chain.HeldBack() == only_site);  // half of it
  chain.Live(2 * kHourS);
  CHECK(chain.HeldBack() == AllOf("7"));
  chain.StoreComesBack(7);
  chain.Settle();
  CHECK(chain.Faults() == Lines{});
}

TEST_CASE("a store that stays silent after an outage is late five minutes later, alone", "[sim]") {
  Chain chain(5);
  chain.Live(10 * kMinuteS);
  chain.BrokerGoes();
  chain.Live(2 * kHourS);
  chain.StoreGoesSilent(7);
  chain.BrokerComesBack();
  chain.Live(4 * kMinuteS + 50);
  CHECK(chain.HeldBack().empty());
  chain.Live(20);
  CHECK(chain.HeldBack() == AllOf("7"));
  chain.StoreComesBack(7);
  chain.Settle();
  CHECK(chain.Faults() == Lines{});
}
