#include "loop/outbox.h"

namespace shelf {

void Outbox::Queue(const OutboxKey& key, bool is_zero) {
  const Slot slot = SlotOf(key);
  const bool was_queued = slot.Has(SlotFlags::kQueued);
  slot.Set(SlotFlags::kQueued);
  if (slot.Has(SlotFlags::kInFlight)) return;  // its acknowledgement brings it back
  if (is_zero) {
    zeros_.push_back(key);  // an older entry among the others finds nothing queued any more
  } else if (!was_queued) {
    others_.push_back(key);
  }
}

void Outbox::Requeue(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  slot.Set(SlotFlags::kQueued);
  (slot.sellable == 0 ? zeros_ : others_).push_back(key);
}

bool Outbox::TakeFrom(std::deque<OutboxKey>& queue, OutboxKey& key) {
  while (!queue.empty()) {
    key = queue.front();
    queue.pop_front();
    const Slot slot = SlotOf(key);
    if (!slot.Has(SlotFlags::kQueued) || slot.Has(SlotFlags::kInFlight)) continue;
    slot.Clear(SlotFlags::kQueued);
    slot.Set(SlotFlags::kInFlight);
    ++in_flight_;
    return true;
  }
  return false;
}

bool Outbox::Next(OutboxKey& key) { return TakeFrom(zeros_, key) || TakeFrom(others_, key); }

void Outbox::PutBack(const OutboxKey& key, bool is_zero) {
  const Slot slot = SlotOf(key);
  slot.Clear(SlotFlags::kInFlight);
  slot.Set(SlotFlags::kQueued);
  --in_flight_;
  (is_zero ? zeros_ : others_).push_front(key);
}

void Outbox::Acknowledged(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  slot.Clear(SlotFlags::kInFlight);
  --in_flight_;
  if (slot.Has(SlotFlags::kQueued)) (slot.sellable == 0 ? zeros_ : others_).push_back(key);
}

void Outbox::Failed(const OutboxKey& key) {
  const Slot slot = SlotOf(key);
  slot.Set(SlotFlags::kQueued);
  slot.Clear(SlotFlags::kInFlight);
  --in_flight_;
  (slot.sellable == 0 ? zeros_ : others_).push_back(key);
}

}  // namespace shelf
