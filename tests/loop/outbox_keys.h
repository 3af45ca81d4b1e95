// An outbox over keys of one channel, which are decided upon as Evaluator does, with a partition's
// time that the test moves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loop/outbox.h"
#include "rules/stage.h"
#include "support/catch.h"

namespace shelf {

inline constexpr uint8_t kInStock = static_cast<uint8_t>(Status::kInStock);
inline constexpr uint8_t kOutOfStock = static_cast<uint8_t>(Status::kOutOfStock);

class Keys {
 public:
  explicit Keys(uint32_t count, int64_t min_interval_ms = 0)
      : outbox(positions_, {min_interval_ms}) {
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
    outbox.Sent(key, /*partition=*/0, now_);
    return absl::StrCat(key.position.value, "=", SlotOf(key.position.value).sellable);
  }
  std::string SendAll() {
    std::vector<std::string> sent;
    for (std::string one = Send(); !one.empty(); one = Send()) sent.push_back(one);
    return absl::StrJoin(sent, " ");
  }
  // The partition's time moves on by so many seconds.
  void Tick(int64_t seconds = 1) {
    now_.ms += seconds * 1000;
    outbox.Advance(/*partition=*/0, now_);
  }
  PartitionTime now() const { return now_; }
  // A value that is in the log.
  void Publish(uint32_t position, uint32_t sellable) {
    Decide(position, sellable);
    CHECK(Send() == absl::StrCat(position, "=", sellable));
    outbox.Acknowledged(Key(position));
  }

 private:
  PositionTable positions_{1};
  PartitionTime now_{.ms = 1'000'000};

 public:
  Outbox outbox;
};

}  // namespace shelf
