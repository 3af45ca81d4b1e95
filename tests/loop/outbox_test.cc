#include "loop/outbox.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "rules/stage.h"
#include "support/catch.h"

using shelf::ChannelId;
using shelf::Outbox;
using shelf::OutboxKey;
using shelf::PositionId;
using shelf::PositionTable;
using shelf::SkuId;
using shelf::Slot;
using shelf::SlotFlags;
using shelf::SlotValue;
using shelf::StoreId;

namespace {

constexpr uint8_t kInStock = static_cast<uint8_t>(shelf::Status::kInStock);
constexpr uint8_t kOutOfStock = static_cast<uint8_t>(shelf::Status::kOutOfStock);

// One channel's keys by position, decided upon as Evaluator does.
class Keys {
 public:
  explicit Keys(uint32_t count) {
    for (uint32_t n = 0; n < count; ++n) positions_.Add(StoreId(0), SkuId(n));
  }

  static OutboxKey Key(uint32_t position) {
    return {.position = PositionId(position), .channel = ChannelId(0)};
  }
  Slot SlotOf(uint32_t position) { return positions_.SlotOf(PositionId(position), ChannelId(0)); }

  void Decide(uint32_t position, uint32_t sellable) {
    const Slot slot = SlotOf(position);
    const SlotValue before = slot.Has(SlotFlags::kPublished) ? ValueOf(slot) : SlotValue{};
    slot.sellable = sellable;
    slot.Clear(SlotFlags::kStatusMask);
    slot.Set(
        static_cast<uint8_t>((sellable == 0 ? kOutOfStock : kInStock) | SlotFlags::kPublished));
    if (before != ValueOf(slot)) outbox.Queue(Key(position), before);
  }

  // Sends the next key: "2=5" for position 2 at 5, "" when there is none.
  std::string Send() {
    OutboxKey key;
    if (!outbox.Next(key)) return "";
    outbox.Sent(key);
    return absl::StrCat(key.position.value, "=", SlotOf(key.position.value).sellable);
  }
  std::string SendAll() {
    std::vector<std::string> sent;
    for (std::string one = Send(); !one.empty(); one = Send()) sent.push_back(one);
    return absl::StrJoin(sent, " ");
  }
  // A value that is in the log.
  void Publish(uint32_t position, uint32_t sellable) {
    Decide(position, sellable);
    CHECK(Send() == absl::StrCat(position, "=", sellable));
    outbox.Acknowledged(Key(position));
  }

 private:
  PositionTable positions_{1};

 public:
  Outbox outbox{positions_};
};

}  // namespace

TEST_CASE("of a key that changes while it waits only the newest value goes out", "[loop]") {
  Keys keys(1);
  keys.Decide(0, 5);
  keys.Decide(0, 4);
  CHECK(keys.SendAll() == "0=4");
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.outbox.empty());
}

TEST_CASE("what falls to zero goes before all others", "[loop]") {
  Keys keys(3);
  keys.Publish(2, 9);
  keys.Decide(0, 5);
  keys.Decide(1, 6);
  keys.Decide(2, 0);
  keys.Decide(1, 0);
  CHECK(keys.SendAll() == "2=0 1=0 0=5");
}

TEST_CASE("a key is in flight once; what changed meanwhile goes out after its acknowledgement",
          "[loop]") {
  Keys keys(1);
  keys.Decide(0, 5);
  CHECK(keys.SendAll() == "0=5");
  keys.Decide(0, 4);
  keys.Decide(0, 0);
  CHECK(keys.SendAll().empty());
  CHECK(keys.outbox.in_flight() == 1);
  CHECK(keys.SlotOf(0).Has(SlotFlags::kUnacknowledged));
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.SendAll() == "0=0");
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.outbox.empty());
  CHECK_FALSE(keys.SlotOf(0).Has(SlotFlags::kUnacknowledged));
}

TEST_CASE("a record that failed goes out again with the newest value", "[loop]") {
  Keys keys(1);
  keys.Decide(0, 5);
  CHECK(keys.SendAll() == "0=5");
  keys.outbox.Failed(Keys::Key(0));
  CHECK(keys.SendAll() == "0=5");
  keys.Decide(0, 7);
  keys.outbox.Failed(Keys::Key(0));
  CHECK(keys.SendAll() == "0=7");
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.outbox.empty());
}

TEST_CASE("a key that the sink did not take is the next one again", "[loop]") {
  Keys keys(2);
  keys.Decide(0, 5);
  keys.Decide(1, 6);
  OutboxKey key;
  REQUIRE(keys.outbox.Next(key));
  keys.outbox.PutBack(key);
  CHECK(keys.outbox.in_flight() == 0);
  CHECK(keys.SendAll() == "0=5 1=6");
}

TEST_CASE("a key that changes back before it goes out says nothing", "[loop]") {
  Keys keys(2);
  keys.Publish(0, 5);
  keys.Decide(0, 4);
  keys.Decide(0, 5);
  keys.Publish(1, 0);
  keys.Decide(1, 3);
  keys.Decide(1, 0);
  CHECK(keys.SendAll().empty());
  CHECK(keys.outbox.empty());
  CHECK_FALSE(keys.SlotOf(0).Has(SlotFlags::kUnacknowledged));
  CHECK_FALSE(keys.SlotOf(1).Has(SlotFlags::kUnacknowledged));
}

TEST_CASE("a key that changes back to what is in flight says nothing more", "[loop]") {
  Keys keys(1);
  keys.Decide(0, 5);
  CHECK(keys.SendAll() == "0=5");
  keys.Decide(0, 4);
  keys.Decide(0, 5);
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.SendAll().empty());
  CHECK(keys.outbox.empty());
}

TEST_CASE("when a record failed, changing back to its value does not silence the key", "[loop]") {
  Keys keys(1);
  keys.Publish(0, 5);
  keys.Decide(0, 4);
  CHECK(keys.SendAll() == "0=4");
  keys.outbox.Failed(Keys::Key(0));  // whether 4 is in the log nobody knows
  keys.Decide(0, 5);
  CHECK(keys.SendAll() == "0=5");
}

TEST_CASE("a key that falls, rises and falls while it waits is sent once and not lost later",
          "[loop]") {
  Keys keys(1);
  keys.Publish(0, 5);
  for (const uint32_t sellable : {0, 3, 0}) keys.Decide(0, sellable);
  CHECK(keys.SendAll() == "0=0");
  CHECK(keys.outbox.in_flight() == 1);
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.outbox.empty());
  keys.Decide(0, 4);
  CHECK(keys.SendAll() == "0=4");
}

TEST_CASE("a key said again goes out whatever its value, also when it is in flight", "[loop]") {
  Keys keys(1);
  keys.Publish(0, 5);
  keys.outbox.Requeue(Keys::Key(0));
  keys.outbox.Requeue(Keys::Key(0));
  CHECK(keys.SendAll() == "0=5");
  keys.outbox.Requeue(Keys::Key(0));
  CHECK(keys.SendAll().empty());
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.SendAll() == "0=5");
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.outbox.empty());
}

namespace {

// A broker behind an outbox: random decisions, sends, acknowledgements, failures. After each step
// what the outbox promises holds.
class RandomRun {
 public:
  explicit RandomRun(uint32_t seed) : random_(seed) {}

  void Step() {
    const uint32_t position = Pick(kKeys);
    switch (Pick(8)) {
      case 0:
      case 1:
      case 2:
        return keys_.Decide(position, Pick(3));
      case 3:
        if (keys_.SlotOf(position).Has(SlotFlags::kPublished)) {
          keys_.outbox.Requeue(Keys::Key(position));
        }
        return;
      case 4:
      case 5:
        return Send(/*taken=*/Pick(8) != 0);
      case 6:
        return Answer(/*ok=*/true);
      case 7:
        return Answer(/*ok=*/false);
    }
  }

  // All is sent and acknowledged.
  void Drain() {
    for (size_t in_flight = 1; in_flight != 0; in_flight = flying_.size()) {
      while (!flying_.empty()) Answer(true);
      while (keys_.outbox.waiting() != 0) Send(true);
    }
  }

  void CheckDrained() {
    CHECK(keys_.outbox.empty());
    for (uint32_t n = 0; n < kKeys; ++n) {
      const Slot slot = keys_.SlotOf(n);
      CHECK_FALSE(slot.Has(SlotFlags::kUnacknowledged));
      if (slot.Has(SlotFlags::kPublished)) CHECK(log_.at(n) == ValueOf(slot));
    }
  }

 private:
  static constexpr uint32_t kKeys = 4;

  uint32_t Pick(uint32_t below) { return static_cast<uint32_t>(random_() % below); }

  void Send(bool taken) {
    OutboxKey key;
    if (!keys_.outbox.Next(key)) return;
    const uint32_t position = key.position.value;
    REQUIRE_FALSE(flying_.contains(position));
    REQUIRE(keys_.outbox.in_flight() == flying_.size() + 1);
    if (!taken) return keys_.outbox.PutBack(key);
    keys_.outbox.Sent(key);
    flying_[position] = ValueOf(keys_.SlotOf(position));
  }

  void Answer(bool ok) {
    if (flying_.empty()) return;
    const auto answered = std::next(flying_.begin(), Pick(static_cast<uint32_t>(flying_.size())));
    const uint32_t position = answered->first;
    // A record that failed may be in the log all the same.
    if (ok || Pick(2) == 0) log_[position] = answered->second;
    flying_.erase(answered);
    if (ok) {
      keys_.outbox.Acknowledged(Keys::Key(position));
    } else {
      keys_.outbox.Failed(Keys::Key(position));
    }
  }

  std::mt19937 random_;
  Keys keys_{kKeys};
  std::map<uint32_t, SlotValue> flying_, log_;  // by position
};

}  // namespace

TEST_CASE("whatever happens on the way, in the end the log holds each key's newest value",
          "[loop]") {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    RandomRun run(seed);
    for (int step = 0; step < 200; ++step) run.Step();
    run.Drain();
    run.CheckDrained();
  }
}
