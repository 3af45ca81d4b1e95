// A daemon that was stopped for three days and finds two weeks of documents: those of the stores
// that went on sending, and the spools of stores whose line was down since long before. Time is
// simulated; while the daemon runs a step is ten seconds, the longest that is not deaf.
//
// Going live evaluates a partition as a whole in one turn of the loop, so what differs goes out in
// one piece.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loop/harness.h"
#include "sim/chain.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kStepMs = 10'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr int64_t kClaimEveryMs = 10 * kMinuteMs;
constexpr int64_t kSaleEveryMs = 5 * kHourMs;
constexpr int64_t kOpeningUnits = 300;
constexpr int64_t kFastClockMs = 4 * kMinuteMs;
constexpr size_t kSmallBatch = 40;  // the backlog takes many turns

// What becomes of each store.
const std::string kTrading = "1";    // sells and sends all the time
const std::string kFastClock = "2";  // the same, by clocks that are four minutes ahead
const std::string kQuiet = "3";      // sends promises; sells nothing while the daemon is away
const std::string kGone = "4";       // is not heard any more from when the daemon stops
const std::string kSpooled = "5";    // its line is down for two weeks but for the last hour
const std::set<std::string> kStores = {kTrading, kFastClock, kQuiet, kGone, kSpooled};
const std::vector<std::string> kSkus = {"A", "B", "C"};

struct TwoWeeks {
  TwoWeeks() : harness(kChainRules) {
    harness.options.batch_records_max = kSmallBatch;
    harness.options.checkpoint_interval_ms = kHourMs;
    for (const std::string& sku : kSkus) harness.PutItem(sku);
    for (const std::string& store : kStores) harness.PutStore(store);
    REQUIRE(harness.Start().ok());
    for (const std::string& store : kStores) {
      SkuUnits lines;
      for (const std::string& sku : kSkus) {
        lines.emplace_back(sku, kOpeningUnits);
        units[store][sku] = kOpeningUnits;
      }
      harness.List(store, lines);
    }
    harness.Settle();
  }

  // So much of the stores' lives, with the daemon or without.
  void Live(int64_t ms) {
    for (const int64_t end = harness.now_ms() + ms; harness.now_ms() < end;) {
      for (const std::string& store : kStores) Trade(store);
      if (daemon_runs) {
        harness.Turns(1, kStepMs);
      } else {
        harness.Wait(kStepMs);
      }
    }
  }

  void DaemonStops() {
    harness.Settle();
    harness.Stop();
    daemon_runs = false;
  }

  // All that waits in the spool, in its order.
  void LineComesBack() {
    for (const v1::StockEvent& event : spool) harness.Append(event);
    spool.clear();
    line_down = false;
  }

  // What a channel should be told of what is there.
  std::map<std::string, int64_t> Truth() const {
    std::map<std::string, int64_t> truth;
    for (const auto& [store, skus] : units) {
      for (const auto& [sku, there] : skus) {
        truth[absl::StrCat("market/", store, "/", sku)] = there;
        truth[absl::StrCat("site/", store, "/", sku)] = there - 1;
      }
    }
    return truth;
  }

  std::map<std::string, int64_t> Told() const {
    std::map<std::string, int64_t> told;
    for (const auto& [key, record] : harness.Newest()) told[key] = record.sellable();
    return told;
  }

  Harness harness;
  std::map<std::string, std::map<std::string, int64_t>> units;
  std::vector<v1::StockEvent> spool;
  bool daemon_runs = true;
  bool line_down = true;

 private:
  // The seller's clock stands on the document; the sale is done either way.
  void Send(const std::string& store, v1::StockEvent event) {
    if (store == kFastClock) event.set_event_time_ms(event.event_time_ms() + kFastClockMs);
    if (store == kSpooled && line_down) {
      spool.push_back(std::move(event));
    } else {
      harness.Append(event);
    }
  }

  void Trade(const std::string& store) {
    if (store == kGone && !daemon_runs) return;
    const int64_t since_start = (harness.now_ms() - kStartMs) / kStepMs * kStepMs;
    if (since_start % kSaleEveryMs == 0 && (store != kQuiet || daemon_runs)) {
      const std::string& sku = kSkus[static_cast<size_t>(since_start / kSaleEveryMs) % 3];
      v1::StockEvent sale = harness.Document(store, "pos");
      sale.mutable_deltas()->set_reason(v1::REASON_SALE);
      v1::DeltaLine& line = *sale.mutable_deltas()->add_lines();
      line.set_sku(sku);
      line.set_quantity_milli(-1000);
      --units[store][sku];
      Send(store, std::move(sale));
    }
    if (since_start % kClaimEveryMs == 0) {
      v1::StockEvent claim = harness.Document(store, "pos");
      claim.set_complete_through_ms(harness.now_ms());
      claim.mutable_heartbeat();
      Send(store, std::move(claim));
    }
  }
};

// Keys whose value is another in the other map.
std::set<std::string> Changed(const std::map<std::string, int64_t>& before,
                              const std::map<std::string, int64_t>& after) {
  std::set<std::string> keys;
  for (const auto& [key, units] : after) {
    const auto known = before.find(key);
    if (known == before.end() || known->second != units) keys.insert(key);
  }
  return keys;
}

std::vector<size_t> RecordsByPartition(Harness& harness) {
  std::vector<size_t> counts;
  for (int32_t p = 0; p < kPartitions; ++p) {
    counts.push_back(harness.log().Records("availability", p).size());
  }
  return counts;
}

// Partitions that have said something although their own first tick has not come back.
Lines SpokeTooSoon(Harness& harness, const std::vector<size_t>& before) {
  Lines lines;
  const std::vector<size_t> now = RecordsByPartition(harness);
  for (int32_t p = 0; p < kPartitions; ++p) {
    const auto at = static_cast<size_t>(p);
    const bool live = harness.worker().world().FindPartition(p)->live();
    if (!live && now[at] != before[at]) lines.push_back(absl::StrCat("partition ", p));
  }
  return lines;
}

std::set<std::string> KeysOf(const std::string& store) {
  std::set<std::string> keys;
  for (const std::string& sku : kSkus) {
    for (const char* channel : {"market", "site"}) {
      keys.insert(absl::StrCat(channel, "/", store, "/", sku));
    }
  }
  return keys;
}

}  // namespace

TEST_CASE(
    "after three days without a daemon two weeks of documents are applied in silence, and then "
    "just what differs is said",
    "[sim]") {
  TwoWeeks chain;
  Harness& harness = chain.harness;
  chain.Live(11 * kDayMs);
  CHECK(chain.Told().at("market/5/A") == 0);  // its line has been down since the opening
  chain.DaemonStops();
  chain.Live(3 * kDayMs - kHourMs);
  chain.LineComesBack();
  chain.Live(kHourMs);
  REQUIRE(chain.spool.empty());

  const std::map<std::string, int64_t> before = chain.Told();
  const int64_t records = harness.RecordsIn("availability");
  const std::vector<size_t> by_partition = RecordsByPartition(harness);
  const int64_t started_ms = harness.now_ms();
  REQUIRE(harness.Start().ok());
  chain.daemon_runs = true;
  int turns = 0;
  for (; !harness.worker().caught_up(); ++turns) {
    REQUIRE(turns < 10'000);
    harness.Turns(1);
    REQUIRE(SpokeTooSoon(harness, by_partition) == Lines{});
  }
  CHECK(turns > 10);
  harness.Settle();

  // Nothing is lost, and nothing was refused for its time.
  CHECK(harness.RejectReasons() == Lines{});
  CHECK(chain.Told() == chain.Truth());
  CHECK(FaultsOf(harness) == Lines{});
  // Each key that differs once, and no other.
  const std::set<std::string> changed = Changed(before, chain.Told());
  CHECK(harness.RecordsIn("availability") - records == static_cast<int64_t>(changed.size()));
  for (const std::string& store : {kTrading, kFastClock, kSpooled}) {
    for (const std::string& key : KeysOf(store)) CHECK(changed.count(key) == 1);
  }
  CHECK(changed.size() == 3 * KeysOf(kTrading).size());

  // The daemon was deaf: a store that is silent counts as such five minutes after its first tick.
  chain.Live(started_ms + 5 * kMinuteMs - kStepMs - harness.now_ms());
  CHECK(chain.Told().at("market/4/A") > 0);
  chain.Live(kMinuteMs);
  harness.Settle();
  for (const std::string& key : KeysOf(kGone)) CHECK(chain.Told().at(key) == 0);
  CHECK(chain.Told().at("market/3/A") > 0);
}

TEST_CASE(
    "a daemon that dies again while it catches up with two weeks says nothing before it is "
    "through",
    "[sim]") {
  TwoWeeks chain;
  Harness& harness = chain.harness;
  chain.Live(2 * kHourMs);
  chain.DaemonStops();
  chain.Live(13 * kDayMs);
  chain.LineComesBack();
  const int64_t records = harness.RecordsIn("availability");
  for (int life = 0; life < 5; ++life) {
    REQUIRE(harness.Start().ok());
    harness.Turns(3);
    REQUIRE_FALSE(harness.worker().caught_up());
    harness.Crash();
  }
  CHECK(harness.RecordsIn("availability") == records);
  REQUIRE(harness.Start().ok());
  chain.daemon_runs = true;
  harness.Settle();
  CHECK(harness.RejectReasons() == Lines{});
  CHECK(FaultsOf(harness) == Lines{});
  for (const auto& [key, units] : chain.Truth()) {
    if (!KeysOf(kGone).contains(key)) CHECK(chain.Told().at(key) == units);
  }
}
