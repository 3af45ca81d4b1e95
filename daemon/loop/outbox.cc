#include "loop/outbox.h"

namespace shelf {

void Outbox::Push(const OutboxKey& key, SlotValue sent) {
  const Slot slot = SlotOf(key);
  slot.Set(SlotFlags::kQueued);
  if (slot.sellable == 0) {
    slot.Set(SlotFlags::kInFront);
    zeros_.push_back({key, sent});
    return;
  }
  others_.push_back({key, sent});
  if (sent.status != 0 && sent.sellable == 0) risen_.insert(Pack(key));
}

void Outbox::Queue(const OutboxKey& key, SlotValue before) {
  const Slot slot = SlotOf(key);
  if (slot.Has(SlotFlags::kUnacknowledged)) causes_[Pack(key)] = key.cause;
  if (slot.Has(SlotFlags::kForced)) unsaid_.insert(Pack(key));
  if (slot.Has(SlotFlags::kInFlight)) {
    // Its acknowledgement brings it back.
    if (!slot.Has(SlotFlags::kQueued)) overtaken_[Pack(key)] = before;
    slot.Set(SlotFlags::kQueued);
  } else if (!slot.Has(SlotFlags::kQueued)) {
    Push(key, before);
  } else if (IsHeld(key)) {
    Reconsider(key);
  } else if (slot.sellable == 0 && !slot.Has(SlotFlags::kInFront) && !risen_.contains(Pack(key)) &&
             moved_.insert(Pack(key)).second) {
    // Goes in front. What was last sent was not zero, or the key would be among the risen.
    slot.Set(SlotFlags::kInFront);
    zeros_.push_back({key, SlotValue{}});
  }
}

// A held rise has changed: it waits on, or is none any more.
void Outbox::Reconsider(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  if (pacer_.MustWait(key, ValueOf(slot))) return pacer_.Hold(key);
  const SlotValue sent = pacer_.LastSent(key);
  pacer_.LetGo(key);
  if (ValueOf(slot) != sent) return Push(key, sent);
  slot.Clear(SlotFlags::kQueued);
  causes_.erase(Pack(key));
  positions_.MarkDirty(key.position);  // clean again
}

// The key's newest decision may be younger than its entry.
void Outbox::TakeCause(OutboxKey& key) {
  if (causes_.empty()) return;
  const auto newest = causes_.find(Pack(key));
  if (newest == causes_.end()) return;
  key.cause = newest->second;
  causes_.erase(newest);
}

void Outbox::Requeue(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  const bool changed = slot.Has(SlotFlags::kQueued) && !slot.Has(SlotFlags::kForced);
  if (changed) unsaid_.insert(Pack(key));
  slot.Set(SlotFlags::kForced);
  if (slot.Has(SlotFlags::kInFlight)) {
    slot.Set(SlotFlags::kQueued);
    causes_.try_emplace(Pack(key), key.cause);
  } else if (IsHeld(key)) {
    pacer_.LetGo(key);
    Push(key, SlotValue{});
  } else if (!slot.Has(SlotFlags::kQueued)) {
    Push(key, SlotValue{});
  }
}

bool Outbox::TakeFrom(std::deque<Entry>& queue, Renew renew, OutboxKey& key) {
  while (!queue.empty()) {
    renew(OutboxKey(queue.front().key));
    Entry entry = queue.front();
    queue.pop_front();
    if (&queue == &others_ && moved_.erase(Pack(entry.key)) != 0) continue;
    const Slot slot = SlotOf(entry.key);
    const bool forced = slot.Has(SlotFlags::kForced);
    slot.Clear(SlotFlags::kInFront);
    risen_.erase(Pack(entry.key));
    if (!forced && pacer_.Paces(entry.key.channel) && pacer_.MustWait(entry.key, ValueOf(slot))) {
      pacer_.Hold(entry.key);
      continue;
    }
    slot.Clear(SlotFlags::kQueued);
    TakeCause(entry.key);
    if (!forced && ValueOf(slot) == entry.sent) {
      positions_.MarkDirty(entry.key.position);  // clean again
      continue;
    }
    slot.Set(SlotFlags::kInFlight);
    key = entry.key;
    key.again = forced && unsaid_.erase(Pack(key)) == 0;
    ++in_flight_;
    return true;
  }
  return false;
}

bool Outbox::Next(OutboxKey& key, Renew renew) {
  return TakeFrom(zeros_, renew, key) || TakeFrom(others_, renew, key);
}

void Outbox::PutBack(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  slot.Clear(SlotFlags::kInFlight);
  slot.Set(SlotFlags::kQueued);
  slot.Set(SlotFlags::kForced);
  if (!key.again) unsaid_.insert(Pack(key));
  --in_flight_;
  slot.Set(SlotFlags::kInFront);
  zeros_.push_front({key, SlotValue{}});
}

void Outbox::Sent(const OutboxKey& key, int32_t partition, PartitionTime now) {
  const Slot slot = SlotOf(key);
  slot.Clear(SlotFlags::kForced);
  if (pacer_.Paces(key.channel)) {
    pacer_.Sent(key, ValueOf(slot), partition, now);
  } else {
    pacer_.SentUnpaced(key, ValueOf(slot));
  }
}

void Outbox::Advance(int32_t partition, PartitionTime now) {
  due_.clear();
  pacer_.Advance(partition, now, due_);
  for (const RisePacer::Due& due : due_) Push(due.key, due.sent);
}

void Outbox::Acknowledged(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  slot.Clear(SlotFlags::kInFlight);
  --in_flight_;
  if (!slot.Has(SlotFlags::kQueued)) return;
  const auto overtaken = overtaken_.find(Pack(key));
  SlotValue sent;
  if (overtaken != overtaken_.end()) {
    sent = overtaken->second;
    overtaken_.erase(overtaken);
  }
  if (sent == ValueOf(slot) && !slot.Has(SlotFlags::kForced)) {
    slot.Clear(SlotFlags::kQueued);
    causes_.erase(Pack(key));
  } else {
    Push(key, sent);
  }
}

void Outbox::Failed(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  slot.Clear(SlotFlags::kInFlight);
  slot.Set(SlotFlags::kForced);
  if (!key.again) unsaid_.insert(Pack(key));
  --in_flight_;
  overtaken_.erase(Pack(key));
  Push(key, SlotValue{});
}

}  // namespace shelf
