// Hours of trouble by chance. A store that can send is never delisted for what others suffer, and
// when all is well again every number is right.
#include <random>

#include "sim/chain.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// A part of a day: what is broken in it, for how long.
void TroubledHour(std::mt19937& random, Chain& chain) {
  const auto seconds = [&random](int most) { return static_cast<int>(random() % most) + 1; };
  chain.Live(seconds(600));
  switch (random() % 4) {
    case 0:
      chain.BrokerGoes();
      chain.Live(seconds(3000));
      if (random() % 2 == 0) {
        chain.DaemonDies();
        chain.LiveWithoutDaemon(seconds(600));
        chain.BrokerComesBack();
        return chain.DaemonComesBack();
      }
      return chain.BrokerComesBack();
    case 1:
      chain.DaemonDies();
      chain.LiveWithoutDaemon(seconds(3000));
      return chain.DaemonComesBack();
    case 2:
      for (int kill = 0; kill < 5; ++kill) {
        chain.Live(seconds(3));
        chain.DaemonDies();
        chain.DaemonComesBack();
      }
      return;
    default:
      chain.Live(seconds(3000));
  }
}

// The silent one is heard once an hour, for a few minutes.
void LiveThrough(uint32_t seed, int hours) {
  INFO("seed " << seed);
  std::mt19937 random(seed);
  Chain chain(seed);
  constexpr int kSilent = 3;
  for (int hour = 0; hour < hours; ++hour) {
    chain.StoreGoesSilent(kSilent);
    TroubledHour(random, chain);
    chain.StoreComesBack(kSilent);
    chain.Settle();
    for (const auto& [place, keys] : chain.HeldBack()) {
      INFO(place << ": " << keys << " keys held back");
      CHECK((place == "site/3" || place == "market/3"));
    }
    REQUIRE(chain.Faults() == Lines{});
  }
}

}  // namespace

TEST_CASE("trouble of one hour is over when it is over", "[sim]") {
  for (uint32_t seed = 0; seed < 6; ++seed) LiveThrough(seed, 3);
}

TEST_CASE("days of trouble", "[.long]") {
  for (uint32_t seed = 100; seed < 200; ++seed) LiveThrough(seed, 24);
}
