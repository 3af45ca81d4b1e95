#include "sim/network.h"

#include <algorithm>

namespace shelf::sim {
namespace {

constexpr int64_t kUsualDelayMs = 300;

}  // namespace

void Network::Send(int64_t now_ms, uint8_t source, Message message, Chance& chance) {
  StoreLine& line = lines_[message.store];
  const bool slow = now_ms < line.slow_until_ms;
  const int64_t delay_ms = chance.In(0, slow ? line.delay_ms : kUsualDelayMs);
  int64_t& last_ms = line.last_due_ms[source];
  last_ms = std::max(last_ms, now_ms + delay_ms);
  SendAt(last_ms, std::move(message));
}

void Network::StoreIsSlow(uint8_t store, int64_t delay_ms, int64_t until_ms) {
  lines_[store].delay_ms = delay_ms;
  lines_[store].slow_until_ms = until_ms;
}

void Network::Heal() {
  for (StoreLine& line : lines_) {
    line.away_until_ms = 0;
    line.slow_until_ms = 0;
    line.last_due_ms.clear();
  }
}

void Network::Deliver(int64_t now_ms, const std::function<void(const Message&)>& arrived) {
  auto next = on_the_way_.begin();
  while (next != on_the_way_.end() && next->first.first <= now_ms) {
    if (lines_[next->second.store].away_until_ms > now_ms) {
      ++next;
      continue;
    }
    arrived(next->second);
    next = on_the_way_.erase(next);
  }
}

}  // namespace shelf::sim
