#include "app/stop_queries.h"

#include <climits>
#include <string>

#include "app/stop_request.h"
#include "loop/shop_day.h"
#include "support/catch.h"

using namespace shelf;

namespace {

using Parameters = std::multimap<std::string, std::string>;

constexpr int64_t kHourMs = 3'600'000;

absl::StatusOr<StopInfo> Read(Parameters parameters) {
  parameters.insert({"why", "glass in it"});
  parameters.insert({"by", "Ada"});
  return ReadStopRequest(parameters, kStartMs);
}

int64_t ExpiryOf(Parameters parameters) {
  parameters.insert({"sku", "A"});
  const auto stop = Read(parameters);
  return stop.ok() ? stop->expires_at_ms : -1;
}

std::string Refusal(const absl::StatusOr<StopInfo>& stop) {
  return stop.ok() ? "" : std::string(stop.status().message());
}

}  // namespace

TEST_CASE("a stop ends after a span, at a time with its zone, or when it is lifted", "[app]") {
  CHECK(ExpiryOf({}) == 0);
  CHECK(ExpiryOf({{"for", "30m"}}) == kStartMs + kHourMs / 2);
  CHECK(ExpiryOf({{"for", "4h"}}) == kStartMs + 4 * kHourMs);
  CHECK(ExpiryOf({{"for", "2d"}}) == kStartMs + 48 * kHourMs);
  CHECK(ExpiryOf({{"until", "2026-11-02T08:00:00Z"}}) == kStartMs + 2 * kHourMs);
  CHECK(ExpiryOf({{"until", "2026-11-02T08:00:00+01:00"}}) == kStartMs + kHourMs);
}

TEST_CASE("what cannot be meant is refused with what would be right", "[app]") {
  struct Case {
    Parameters parameters;
    const char* words;
  };
  const Case cases[] = {
      {{}, "name a sku, a store or a channel"},
      {{{"sku", "A"}, {"all", "1"}}, "all: the stop names what it is about"},
      {{{"sku", "A"}, {"for", "2 days"}}, "30m, 4h or 2d"},
      {{{"sku", "A"}, {"for", "0h"}}, "30m, 4h or 2d"},
      {{{"sku", "A"}, {"for", "99999d"}}, "at most ten years"},
      {{{"sku", "A"}, {"until", "2026-11-24 08:00"}}, "with its zone"},
      {{{"sku", "A"}, {"until", "2026-11-02T06:00:00Z"}}, "is past"},
      {{{"sku", "A"}, {"for", "1h"}, {"until", "2026-11-03T06:00:00Z"}}, "for says when it ends"},
      {{{"sku", std::string(129, 'x')}}, "sku: 129 bytes, at most 128"},
      {{{"store", std::string(65, 'x')}}, "store: 65 bytes, at most 64"},
      {{{"sku", "\xff"}}, "sku: not UTF-8"},
      {{{"skus", "A"}}, "did you mean sku?"},
      {{{"sku", "A"}, {"sku", "B"}}, "sku: said twice"},
  };
  for (const Case& one : cases) {
    const std::string refusal = Refusal(Read(one.parameters));
    CAPTURE(one.words, refusal);
    CHECK(refusal.find(one.words) != std::string::npos);
  }
  CHECK(Refusal(ReadStopRequest({{"sku", "A"}, {"by", "Ada"}}, kStartMs)).find("why: missing") !=
        std::string::npos);
  CHECK(Refusal(Read({{"all", "1"}})).empty());
}

TEST_CASE("an id says when and what, in characters that need no quoting", "[app]") {
  StopInfo stop;
  CHECK(MadeStopId(stop, kStartMs) == "20261102-060000-all");
  stop.channel = "market";
  CHECK(MadeStopId(stop, kStartMs) == "20261102-060000-market");
  stop.sku = "Milk 3,5 % / 1 l";
  CHECK(MadeStopId(stop, kStartMs) == "20261102-060000-milk-3-5-1-l");
  stop.sku = std::string(60, 'x');
  CHECK(MadeStopId(stop, kStartMs) == "20261102-060000-" + std::string(24, 'x'));
}

namespace {

// A daemon whose worker's questions are asked on this thread, between two of its turns.
class Shop {
 public:
  explicit Shop(int64_t sweep_positions_per_tick = kSweepPositionsPerTick) {
    harness.options.sweep_positions_per_tick = sweep_positions_per_tick;
    OpenShop(harness);
  }

  absl::StatusOr<Json> Place(const Parameters& parameters) {
    const absl::StatusOr<StopInfo> stop = Read(parameters);
    REQUIRE(stop.ok());
    return PlaceStop(*stop, kStartMs, kWaitMs, Asking());
  }
  absl::StatusOr<Json> Lift(const std::string& id) {
    return LiftStop(id, "Eve", kWaitMs, Asking());
  }
  Json List(bool with_expired = false) { return ListStops(harness.worker().world(), with_expired); }

  Harness harness;
  int questions = INT_MAX;  // that are answered, of those to come

 private:
  static constexpr int64_t kWaitMs = 60'000;

  AskWorker Asking() {
    return [this](const std::function<absl::Status(Worker&)>& question) {
      if (questions-- <= 0) return absl::UnavailableError("told to be silent");
      const absl::Status said = question(harness.worker());
      harness.Turns(1);
      return said;
    };
  }
};

}  // namespace

TEST_CASE("a stop is placed, in force, listed and lifted", "[app]") {
  Shop shop;
  const auto placed = shop.Place({{"sku", "A"}, {"for", "2d"}});
  REQUIRE(placed.ok());
  CHECK(placed->at("state") == "in_force");
  CHECK(placed->at("id") == "20261102-060000-a");
  CHECK(placed->at("positions") == 1);
  CHECK(placed->at("warnings").empty());
  shop.harness.Settle();
  CHECK(shop.harness.Said("market/1/A") == "10 0");
  const Json listed = shop.List();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].at("by") == "Ada");
  CHECK(listed[0].at("reason") == "glass in it");
  CHECK(listed[0].at("store").is_null());
  CHECK(listed[0].at("expires_ms") == kStartMs + 48 * kHourMs);
  const auto lifted = shop.Lift("20261102-060000-a");
  REQUIRE(lifted.ok());
  CHECK(lifted->at("state") == "in_force");
  CHECK(lifted->at("lifted_by") == "Eve");
  shop.harness.Settle();
  CHECK(shop.harness.Said("market/1/A") == "10 0 10");
  CHECK(shop.List().empty());
}

TEST_CASE("a stop of everything is in force when its sweep has been everywhere", "[app]") {
  const Parameters everything = {{"all", "1"}};
  std::vector<std::string> states;
  for (int looks = 1; states.empty() || (states.back() != "in_force" && looks < 30); ++looks) {
    Shop shop(/*sweep_positions_per_tick=*/1);
    shop.harness.List("1", {{"A", 10}, {"B", 10}});
    for (const char* store : {"2", "3"}) shop.harness.List(store, {{"A", 10}, {"B", 10}});
    shop.harness.Settle();
    shop.questions = 1 + looks;
    const auto placed = shop.Place(everything);
    REQUIRE(placed.ok());
    const std::string state = placed->at("state");
    if (states.empty() || states.back() != state) states.push_back(state);
    if (state != "in_force") continue;
    for (const auto& [key, record] : shop.harness.Newest()) {
      INFO(key);
      CHECK(record.sellable() == 0);
    }
  }
  REQUIRE(states.size() >= 2);
  CHECK(states[states.size() - 2] == "sweeping");
  CHECK(states.back() == "in_force");
}

TEST_CASE("an id is given once, and a made one gets a number where it is taken", "[app]") {
  Shop shop;
  CHECK(shop.Place({{"sku", "A"}})->at("id") == "20261102-060000-a");
  CHECK(shop.Place({{"sku", "A"}})->at("id") == "20261102-060000-a-2");
  CHECK(shop.Place({{"sku", "A"}, {"id", "recall"}}).ok());
  const auto again = shop.Place({{"sku", "B"}, {"id", "recall"}});
  CHECK(absl::IsInvalidArgument(again.status()));
  CHECK(absl::IsNotFound(shop.Lift("recal").status()));
}

TEST_CASE("a stop may come before its item, its store, its channel; it says so", "[app]") {
  Shop shop;
  const auto placed = shop.Place({{"sku", "not yet"}, {"store", "99"}, {"channel", "markt"}});
  REQUIRE(placed.ok());
  const Json& warnings = placed->at("warnings");
  REQUIRE(warnings.size() == 3);
  CHECK(warnings[0] == "nothing is known of a SKU not yet: the stop holds as soon as there is one");
  CHECK(warnings[1] == "nothing is known of a store 99: the stop holds as soon as there is one");
  CHECK(warnings[2] ==
        "no channel markt is in the rules: nothing is stopped by it; did you mean market?");
  CHECK(placed->at("positions") == 0);
}

TEST_CASE("stops that let go by themselves are listed when they are asked for", "[app]") {
  Shop shop;
  REQUIRE(shop.Place({{"store", "1"}, {"for", "10s"}}).ok());
  CHECK(shop.List().size() == 1);
  shop.harness.Turns(12);
  CHECK(shop.List().empty());
  const Json all = shop.List(/*with_expired=*/true);
  REQUIRE(all.size() == 1);
  CHECK(all[0].at("expired") == true);
}

TEST_CASE("there is an end to how many stops hold", "[app]") {
  Shop shop;
  v1::StopSale stop;
  stop.set_sku("Z");
  for (size_t n = 0; n < kStopsMax; ++n) {
    stop.set_id("s" + std::to_string(n));
    shop.harness.log().Append("reference", 0, "stop/" + stop.id(), stop.SerializeAsString());
  }
  shop.harness.Settle();
  const auto one_more = shop.Place({{"sku", "A"}});
  CHECK(absl::IsInvalidArgument(one_more.status()));
  CHECK(std::string(one_more.status().message()).find("1000 stops hold") != std::string::npos);
}

TEST_CASE(
    "of the stops that may hold, those that are past do not count, and those on their way once",
    "[app]") {
  Shop shop;
  v1::StopSale stop;
  stop.set_sku("Z");
  for (size_t n = 0; n < kStopsMax - 1; ++n) {
    stop.set_id("s" + std::to_string(n));
    if (n == 1) stop.set_expires_at_ms(kStartMs + 1);
    if (n == 2) stop.clear_expires_at_ms();
    shop.harness.log().Append("reference", 0, "stop/" + stop.id(), stop.SerializeAsString());
  }
  shop.harness.Settle();
  shop.harness.sink().Disconnect(Topic::kReference);
  // 998 hold. What asks again is not answered: they wait for the broker.
  for (const char* id : {"a", "b"}) {
    shop.questions = 2;
    REQUIRE(shop.Place({{"sku", "A"}, {"id", id}})->at("state") == "waiting");
  }
  shop.questions = 2;
  const auto one_more = shop.Place({{"sku", "A"}});
  CHECK(absl::IsInvalidArgument(one_more.status()));
  shop.questions = 2;
  REQUIRE(shop.Lift("s0").ok());
  shop.questions = 2;
  CHECK(absl::IsInvalidArgument(shop.Place({{"sku", "A"}}).status()));
  shop.questions = INT_MAX;
  shop.harness.sink().Connect();
  shop.harness.Settle();
  CHECK(shop.Place({{"sku", "A"}}).ok());
}

TEST_CASE("a broker's refusal is told in its words", "[app]") {
  Shop shop;
  shop.harness.sink().FailNext(1, absl::PermissionDeniedError("reference: not authorized"));
  const auto refused = shop.Place({{"sku", "A"}});
  CHECK(absl::IsPermissionDenied(refused.status()));
  CHECK(std::string(refused.status().message()).find("not authorized") != std::string::npos);
}
