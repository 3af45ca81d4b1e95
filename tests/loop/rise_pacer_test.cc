// Rises that wait for their channel's min_interval.
#include "loop/rise_pacer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "loop/outbox_keys.h"
#include "support/catch.h"

using namespace shelf;

TEST_CASE("a rise waits for the interval since the key's last record, and the newest one goes out",
          "[loop]") {
  Keys keys(2, 30'000);
  keys.Publish(0, 5);
  keys.Tick(10);
  keys.Decide(0, 6);
  keys.Decide(1, 3);  // its first number is no rise
  CHECK(keys.SendAll() == "1=3");
  keys.Decide(0, 8);
  keys.Decide(0, 7);
  keys.Tick(19);
  CHECK(keys.SendAll().empty());
  CHECK(keys.outbox.held() == 1);
  CHECK(keys.outbox.waiting() == 0);  // no back-pressure comes of it
  CHECK(keys.SlotOf(0).Has(SlotFlags::kQueued));
  keys.Tick(1);
  CHECK(keys.SendAll() == "0=7");
  CHECK(keys.outbox.held() == 0);
}

TEST_CASE("a rise that comes after the interval goes out at once", "[loop]") {
  Keys keys(1, 30'000);
  keys.Publish(0, 5);
  keys.Tick(30);
  keys.Decide(0, 6);
  CHECK(keys.SendAll() == "0=6");
}

TEST_CASE("a fall goes out at once, and the next rise waits from there", "[loop]") {
  Keys keys(1, 30'000);
  keys.Publish(0, 5);
  keys.Tick(20);
  keys.Publish(0, 4);
  keys.Publish(0, 0);
  keys.Decide(0, 5);
  keys.Tick(29);
  CHECK(keys.SendAll().empty());
  keys.Tick(1);
  CHECK(keys.SendAll() == "0=5");
}

TEST_CASE("a held rise that falls back to what was last sent is never sent", "[loop]") {
  Keys keys(1, 30'000);
  keys.Publish(0, 5);
  keys.Decide(0, 6);
  CHECK(keys.SendAll().empty());
  keys.Decide(0, 5);
  CHECK(keys.outbox.empty());
  CHECK_FALSE(keys.SlotOf(0).Has(SlotFlags::kUnacknowledged));
  keys.Tick(60);
  CHECK(keys.SendAll().empty());
}

TEST_CASE("a held rise that falls below what was last sent goes out at once", "[loop]") {
  Keys keys(3, 30'000);
  for (const uint32_t n : {0, 1}) keys.Publish(n, 5);
  for (const uint32_t n : {0, 1}) keys.Decide(n, 6);
  CHECK(keys.SendAll().empty());
  keys.Decide(2, 9);
  keys.Decide(0, 4);
  keys.Decide(1, 0);
  CHECK(keys.SendAll() == "1=0 2=9 0=4");
  CHECK(keys.outbox.held() == 0);
}

TEST_CASE("what goes out while its channel is not paced is known when it is paced again",
          "[loop]") {
  Keys keys(1, 30'000);
  keys.Publish(0, 5);
  keys.outbox.SetMinIntervals({0});
  keys.Publish(0, 3);
  keys.outbox.SetMinIntervals({30'000});
  keys.Decide(0, 6);
  keys.Decide(0, 5);
  keys.Tick(30);
  CHECK(keys.SendAll() == "0=5");
}

TEST_CASE("what is said again goes out at once, a held rise with it", "[loop]") {
  Keys keys(1, 30'000);
  keys.Publish(0, 5);
  keys.Decide(0, 6);
  CHECK(keys.SendAll().empty());
  keys.outbox.Requeue(Keys::Key(0));
  CHECK(keys.SendAll() == "0=6");
  keys.outbox.Failed(Keys::Key(0));
  keys.Decide(0, 7);
  CHECK(keys.SendAll() == "0=7");
}

TEST_CASE("a rise that came while the key was in flight waits too", "[loop]") {
  Keys keys(1, 30'000);
  keys.Decide(0, 5);
  CHECK(keys.SendAll() == "0=5");
  keys.Decide(0, 6);
  keys.outbox.Acknowledged(Keys::Key(0));
  CHECK(keys.SendAll().empty());
  keys.Tick(30);
  CHECK(keys.SendAll() == "0=6");
}

TEST_CASE("each partition's rises wait for its own time, and each channel's for its own interval",
          "[loop]") {
  PositionTable positions(3);
  for (const uint32_t n : {0, 1}) positions.Add(StoreId(n), SkuId(0));
  Outbox outbox(positions, {0, 10'000, 20'000});
  const auto decide = [&](uint32_t sellable) {
    for (const uint32_t n : {0, 1}) {
      for (const uint16_t c : {0, 1, 2}) {
        const OutboxKey key{.position = PositionId(n), .channel = ChannelId(c)};
        const Slot slot = positions.SlotOf(key.position, key.channel);
        const SlotValue before = ValueOf(slot);
        slot.sellable = sellable;
        slot.Set(kInStock);
        outbox.Queue(key, before);
      }
    }
  };
  // "position/channel" of all that can be sent at a time that is the same everywhere.
  const auto send_all = [&](int64_t now_ms) {
    std::vector<std::string> sent;
    for (OutboxKey key; outbox.Next(key);) {
      outbox.Sent(key, static_cast<int32_t>(key.position.value), PartitionTime{now_ms});
      outbox.Acknowledged(key);
      sent.push_back(absl::StrCat(key.position.value, "/", key.channel.value));
    }
    std::sort(sent.begin(), sent.end());
    return absl::StrJoin(sent, " ");
  };
  decide(1);
  CHECK(send_all(0) == "0/0 0/1 0/2 1/0 1/1 1/2");
  decide(2);
  CHECK(send_all(0) == "0/0 1/0");
  outbox.Advance(0, PartitionTime{10'000});
  CHECK(send_all(10'000) == "0/1");
  outbox.Advance(1, PartitionTime{20'000});
  CHECK(send_all(20'000) == "1/1 1/2");
  outbox.Advance(0, PartitionTime{20'000});
  CHECK(send_all(20'000) == "0/2");
}
