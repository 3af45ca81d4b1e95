#include "loop/rise_pacer.h"

#include "base/check.h"

namespace shelf {

void RisePacer::Sent(const OutboxKey& key, SlotValue value, int32_t partition, PartitionTime now) {
  SHELF_CHECK(Paces(key.channel), "others are not remembered");
  const auto [it, fresh] = recent_.try_emplace(Pack(key));
  Recent& recent = it->second;
  SHELF_CHECK(!recent.held, "a key is let go before it is sent");
  recent = {.key = key,
            .sent = value,
            .held = false,
            .due_ms = now.ms + min_interval_ms_[key.channel.value]};
  if (fresh) wakes_[{partition, recent.due_ms}].push_back(Pack(key));
}

void RisePacer::SentUnpaced(const OutboxKey& key, SlotValue value) {
  const auto recent = recent_.find(Pack(key));
  if (recent != recent_.end()) recent->second.sent = value;
}

bool RisePacer::MustWait(const OutboxKey& key, SlotValue value) const {
  const auto recent = recent_.find(Pack(key));
  return recent != recent_.end() && value.sellable > recent->second.sent.sellable;
}

void RisePacer::Hold(const OutboxKey& key) {
  Recent& recent = recent_.at(Pack(key));
  recent.key = key;
  if (!recent.held) ++held_;
  recent.held = true;
}

bool RisePacer::Holds(const OutboxKey& key) const {
  if (held_ == 0) return false;
  const auto recent = recent_.find(Pack(key));
  return recent != recent_.end() && recent->second.held;
}

SlotValue RisePacer::LastSent(const OutboxKey& key) const { return recent_.at(Pack(key)).sent; }

void RisePacer::LetGo(const OutboxKey& key) {
  Recent& recent = recent_.at(Pack(key));
  SHELF_CHECK(recent.held, "only what is held can be let go");
  recent.held = false;
  --held_;
}

void RisePacer::Advance(int32_t partition, PartitionTime now, std::vector<Due>& due) {
  auto wake = wakes_.lower_bound({partition, INT64_MIN});
  while (wake != wakes_.end() && wake->first.first == partition && wake->first.second <= now.ms) {
    for (const PackedKey packed : wake->second) {
      const auto it = recent_.find(packed);
      const Recent& recent = it->second;
      if (recent.due_ms > now.ms) {
        wakes_[{partition, recent.due_ms}].push_back(packed);
        continue;
      }
      if (recent.held) {
        --held_;
        due.push_back({recent.key, recent.sent});
      }
      recent_.erase(it);
    }
    wake = wakes_.erase(wake);
  }
}

}  // namespace shelf
