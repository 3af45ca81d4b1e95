#include "loop/publications_in_flight.h"

#include <algorithm>

namespace shelf {

void PublicationsInFlight::Add(int32_t partition, const Sent& sent) {
  Of(partition, sent.key).all.push_back({.sent = sent});
}

std::optional<PublicationsInFlight::Sent> PublicationsInFlight::Take(int32_t partition,
                                                                     const OutboxKey& key) {
  Queue& queue = Of(partition, key);
  const auto found =
      std::find_if(queue.all.begin() + static_cast<ptrdiff_t>(queue.first), queue.all.end(),
                   [&](const Waiting& waiting) {
                     return !waiting.taken && waiting.sent.key.position == key.position;
                   });
  if (found == queue.all.end()) return std::nullopt;
  found->taken = true;
  Sent sent = found->sent;
  queue.DropTaken();
  return sent;
}

void PublicationsInFlight::Queue::DropTaken() {
  while (first < all.size() && all[first].taken) ++first;
  if (2 * first < all.size()) return;
  all.erase(all.begin(), all.begin() + static_cast<ptrdiff_t>(first));
  first = 0;
}

}  // namespace shelf
