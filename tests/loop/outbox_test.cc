#include "loop/outbox.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "loop/outbox_keys.h"
#include "support/catch.h"

using namespace shelf;

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
// what the outbox promises holds. With an interval a tick of half of it comes now and then.
class RandomRun {
 public:
  RandomRun(uint32_t seed, int64_t min_interval_ms)
      : random_(seed), interval_ms_(min_interval_ms), keys_(kKeys, min_interval_ms) {}

  void Step() {
    const uint32_t position = Pick(kKeys);
    switch (Pick(9)) {
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
      case 8:
        return keys_.Tick(interval_ms_ / 2000);
    }
  }

  // All is sent and acknowledged.
  void Drain() {
    while (!keys_.outbox.empty()) {
      while (!flying_.empty()) Answer(true);
      keys_.Tick(interval_ms_ / 1000);
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
    const Slot slot = keys_.SlotOf(position);
    // Whatever was said of it in between, a rise that nothing forces came no sooner.
    const auto last = sent_.find(position);
    if (last != sent_.end() && !slot.Has(SlotFlags::kForced) &&
        slot.sellable > last->second.sellable) {
      REQUIRE(keys_.now().ms - last->second.at_ms >= interval_ms_);
    }
    sent_[position] = {slot.sellable, keys_.now().ms};
    keys_.outbox.Sent(key, /*partition=*/0, keys_.now());
    flying_[position] = ValueOf(slot);
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

  struct LastSent {
    uint32_t sellable;
    int64_t at_ms;
  };

  std::mt19937 random_;
  const int64_t interval_ms_;
  Keys keys_;
  std::map<uint32_t, LastSent> sent_;           // by position
  std::map<uint32_t, SlotValue> flying_, log_;  // by position
};

}  // namespace

TEST_CASE("a number that did not arrive is no repetition when it is sent again", "[loop]") {
  Keys keys(1);
  OutboxKey key;
  const auto next = [&] {
    REQUIRE(keys.outbox.Next(key));
    return key.again ? "again" : "new";
  };
  const auto sent = [&] { keys.outbox.Sent(key, /*partition=*/0, keys.now()); };
  keys.Decide(0, 5);
  CHECK(std::string(next()) == "new");
  SECTION("the sink took no more") { keys.outbox.PutBack(key); }
  SECTION("it failed") {
    sent();
    keys.outbox.Failed(key);
  }
  SECTION("it was put back and asked for once more") {
    keys.outbox.PutBack(key);
    keys.outbox.Requeue(Keys::Key(0));
  }
  CHECK(std::string(next()) == "new");
  sent();
  keys.outbox.Acknowledged(key);
  keys.outbox.Requeue(Keys::Key(0));
  CHECK(std::string(next()) == "again");
  keys.outbox.PutBack(key);
  CHECK(std::string(next()) == "again");
  sent();
  keys.outbox.Failed(key);
  CHECK(std::string(next()) == "again");
  keys.outbox.PutBack(key);
  keys.Decide(0, 4);
  CHECK(std::string(next()) == "new");
}

TEST_CASE("a key that is about to be said again and changes first says something new", "[loop]") {
  Keys keys(2);
  keys.Publish(0, 5);
  keys.Decide(1, 5);
  for (const uint32_t position : {0, 1}) keys.outbox.Requeue(Keys::Key(position));
  keys.Decide(0, 4);
  for (int n = 0; n < 2; ++n) {
    OutboxKey key;
    REQUIRE(keys.outbox.Next(key));
    CHECK_FALSE(key.again);
  }
}

TEST_CASE("a key may be decided anew at the moment when it is looked at", "[loop]") {
  Keys keys(3);
  for (const uint32_t position : {0, 1}) keys.Publish(position, 9);
  for (const uint32_t position : {0, 1, 2}) keys.Decide(position, 5);
  const auto renew = [&](const OutboxKey& waiting) {
    if (waiting.position == PositionId(0)) keys.Decide(0, 0);  // goes in front
    if (waiting.position == PositionId(1)) keys.Decide(1, 9);  // as it was: nothing to say
    if (waiting.position == PositionId(2)) keys.Decide(2, 7);
  };
  std::string sent;
  for (OutboxKey key; keys.outbox.Next(key, renew);) {
    absl::StrAppend(&sent, key.position.value, "=", keys.SlotOf(key.position.value).sellable, " ");
    keys.outbox.Sent(key, /*partition=*/0, keys.now());
    keys.outbox.Acknowledged(key);
  }
  CHECK(sent == "2=7 0=0 ");
  CHECK(keys.outbox.empty());
}

TEST_CASE("whatever happens on the way, in the end the log holds each key's newest value",
          "[loop]") {
  const int64_t min_interval_ms = GENERATE(0, 10'000);
  for (uint32_t seed = 0; seed < 300; ++seed) {
    INFO("interval " << min_interval_ms << " ms, seed " << seed);
    RandomRun run(seed, min_interval_ms);
    for (int step = 0; step < 200; ++step) run.Step();
    run.Drain();
    run.CheckDrained();
  }
}
