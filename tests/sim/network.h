// What lies between the stores and the broker: documents take their time, come twice, wait while a
// store's line is down, and get lost. Those of one source keep their order unless one comes again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/chance.h"

namespace shelf::sim {

struct Message {
  uint8_t store = 0;
  std::string key;
  std::optional<std::string> value;
  int32_t partition = -1;  // -1: by the key
};

class Network {
 public:
  explicit Network(size_t stores) : lines_(stores) {}

  // On its way from a source of the store, behind all that the source has sent.
  void Send(int64_t now_ms, uint8_t source, Message message, Chance& chance);
  // Arrives then, whatever else is on its way.
  void SendAt(int64_t due_ms, Message message) {
    on_the_way_.emplace(std::pair{due_ms, count_++}, std::move(message));
  }

  void StoreIsAway(uint8_t store, int64_t until_ms) { lines_[store].away_until_ms = until_ms; }
  // Documents of the store take up to `delay_ms` until then.
  void StoreIsSlow(uint8_t store, int64_t delay_ms, int64_t until_ms);
  // All troubles end.
  void Heal();

  // What has arrived by now, in order; stores that are away keep theirs.
  void Deliver(int64_t now_ms, const std::function<void(const Message&)>& arrived);
  bool empty() const { return on_the_way_.empty(); }

 private:
  struct StoreLine {
    int64_t away_until_ms = 0;
    int64_t slow_until_ms = 0;
    int64_t delay_ms = 0;
    std::map<uint8_t, int64_t> last_due_ms;  // by source
  };

  std::vector<StoreLine> lines_;
  uint64_t count_ = 0;
  std::map<std::pair<int64_t, uint64_t>, Message> on_the_way_;  // by due time, then in order
};

}  // namespace shelf::sim
