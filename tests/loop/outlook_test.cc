#include "loop/outlook.h"

#include <memory>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/percent.h"
#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// Lag tiers, a rise that has to hold, and a channel that takes its own reservations off itself.
constexpr char kManyReasons[] = R"(
version: 1
channels:
  tiers:
    rules:
      - {id: all, sync_lag: [{over: 5m, keep: 90%}, {over: 12m, keep: 50%}, {over: 20m, keep: 0%}]}
  calm:
    rules:
      - {id: all, steady: {rise_after: 3m}, sync_lag: [{over: 15m, subtract: 2}]}
  own:
    own_reservations_taken_off: true
    limited_at: 4
)";
constexpr int kStores = 4;
constexpr int kSkus = 12;
constexpr int kSecondsWatched = 30 * 60;

std::string Number(int n) { return absl::StrCat(n); }

// No two instants fall into one tick. Stores whose sources fall silent after a while, one of them
// shut for a part of the time; orders that are about to be forgotten; stops that end.
class Silence {
 public:
  Silence() : harness(kManyReasons), random_(42) {
    for (int s = 0; s < kStores; ++s) harness.PutStore(Number(s));
    PutShop();
    for (int k = 0; k < kSkus; ++k) harness.PutItem(Number(k));
    PutStops();
    REQUIRE(harness.Start().ok());
    harness.Settle();
    for (int s = 0; s <= kStores; ++s) Fill(Number(s));
    harness.Settle();
  }

  Harness harness;

 private:
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }

  // Trades until ten minutes from now.
  void PutShop() {
    v1::Store record;
    record.set_store(Number(kStores));
    record.set_timezone("UTC");
    v1::OpeningHours& hours = *record.add_opening_hours();
    hours.set_weekday(1);
    hours.set_opens_minute(0);
    hours.set_closes_minute(6 * 60 + 10);
    harness.log().Append("reference", 0, JoinKey({"store", record.store()}),
                         record.SerializeAsString());
  }

  void PutStops() {
    for (int k = 0; k < kSkus; k += 4) {
      v1::StopSale stop;
      stop.set_id(Number(k));
      stop.set_sku(Number(k));
      stop.set_expires_at_ms(kStartMs + (2 + k) * kMinuteMs + 20'000);
      harness.log().Append("reference", 0, JoinKey({"stop", stop.id()}), stop.SerializeAsString());
    }
  }

  void Fill(const std::string& store) {
    SkuUnits lines;
    for (int k = 0; k < kSkus; ++k) lines.emplace_back(Number(k), Below(20));
    harness.List(store, lines);
    harness.Claim(store, "pos", harness.now_ms() - Below(10) * kMinuteMs);
    for (int order = 0; order < 6; ++order) Reserve(store, order);
  }

  void Reserve(const std::string& store, int order) {
    v1::StockEvent event = harness.Document(store, "oms");
    event.set_event_time_ms(harness.now_ms() - kMaxHoldMs + (1 + Below(20)) * kMinuteMs + 40'000);
    event.mutable_reserve()->set_reservation_id(absl::StrCat(store, "-", order));
    if (order % 2 == 0) event.mutable_reserve()->set_channel("own");
    v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
    line.set_sku(Number(static_cast<int>(Below(kSkus))));
    line.set_quantity_milli((1 + Below(3)) * 1000);
    harness.Append(event);
  }

  std::mt19937_64 random_;
};

struct Watched {
  PositionId position;
  ChannelId channel;
  Outlook outlook;
  SlotValue before;
  std::optional<int64_t> changed_ms;
  SlotValue after = {};
};

// A key that was never published counts as one that says zero.
SlotValue Now(World& world, const Watched& watched) {
  const SlotValue value = ValueOf(world.positions.SlotOf(watched.position, watched.channel));
  return value.status != 0 ? value : SlotValue{0, static_cast<uint8_t>(Status::kOutOfStock)};
}

std::vector<Watched> WatchAll(Worker& worker) {
  World& world = worker.world();
  std::vector<Watched> all;
  for (uint32_t p = 0; p < world.positions.size(); ++p) {
    for (uint16_t c = 0; c < static_cast<uint16_t>(world.channel_names.size()); ++c) {
      Watched& watched = all.emplace_back();
      watched.position = PositionId(p);
      watched.channel = ChannelId(c);
      watched.outlook = OutlookOf(world, PositionId(p), ChannelId(c));
      watched.before = Now(world, watched);
    }
  }
  return all;
}

void Look(Worker& worker, std::vector<Watched>& all) {
  World& world = worker.world();
  for (Watched& watched : all) {
    const SlotValue now = Now(world, watched);
    if (watched.changed_ms.has_value() || now == watched.before) continue;
    watched.changed_ms = world.PartitionOf(world.StoreOf(watched.position)).now.ms;
    watched.after = now;
  }
}

std::string Name(const Watched& watched, World& world) {
  const Position& position = world.positions[watched.position];
  return absl::StrCat(world.channel_names[watched.channel.value], "/",
                      std::string(world.store_names.Text(position.store)), "/",
                      std::string(world.sku_names.Text(position.sku)));
}

}  // namespace

TEST_CASE("what an outlook says of a number comes about at that tick when nothing more is heard",
          "[loop]") {
  Silence silence;
  Worker& worker = silence.harness.worker();
  std::vector<Watched> all = WatchAll(worker);
  const int64_t end_ms = silence.harness.now_ms() + (kSecondsWatched - 2) * 1000;
  for (int second = 0; second < kSecondsWatched; ++second) {
    silence.harness.Turns(1);
    Look(worker, all);
  }
  int changed = 0;
  int steady = 0;
  for (const Watched& watched : all) {
    CAPTURE(Name(watched, worker.world()));
    const auto& change = watched.outlook.change;
    if (!change.has_value() || change->at.ms > end_ms) {
      CHECK_FALSE(watched.changed_ms.has_value());
      continue;
    }
    ++changed;
    REQUIRE(watched.changed_ms.has_value());
    // By the next tick; of two instants on the way each waits for one.
    CHECK(*watched.changed_ms >= change->at.ms);
    CHECK(*watched.changed_ms < change->at.ms + 2500);
    CHECK(watched.after.sellable == change->decision.sellable);
    CHECK(watched.after.status == static_cast<uint8_t>(change->decision.status));
    if (watched.channel == ChannelId(1) && watched.after.sellable > watched.before.sellable)
      ++steady;
  }
  CHECK(changed > 100);
  CHECK(changed < static_cast<int>(all.size()));
  CHECK(steady > 5);
}

TEST_CASE("where nothing but news can change a number its outlook is never", "[loop]") {
  Harness harness("version: 1\nchannels:\n  market: {}\n");
  harness.PutStore("1");
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 3}});
  harness.Settle();
  const Outlook outlook = OutlookOf(harness.worker().world(), PositionId(0), ChannelId(0));
  CHECK_FALSE(outlook.change.has_value());
  CHECK(outlook.looked_until == kNever);
}

TEST_CASE("time alone does nothing for a channel that only rules to come have", "[loop]") {
  Harness harness("version: 1\nchannels:\n  market: {}\n");
  harness.PutStore("1");
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 3}});
  harness.Settle();
  World& world = harness.worker().world();
  std::vector<RulesMessage> messages;
  world.AdoptRules(std::make_shared<RulesInForce>(RuleSet::Load(
      "version: 1\nchannels:\n  market: {}\n  app: {}\n", messages, world.channel_names)));
  const ChannelId app = world.ChannelNamed("app");
  REQUIRE(app.valid());
  const Outlook outlook = OutlookOf(world, PositionId(0), app);
  CHECK_FALSE(outlook.change.has_value());
  CHECK(outlook.looked_until == kNever);
}
