// The systems of one store: what they know, what they tell, and what they have told and can tell
// again. Their numbers need not be true: what the log says is what counts.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "shelf/v1/request.pb.h"
#include "shelf/v1/stock_event.pb.h"
#include "sim/network.h"
#include "sim/plan.h"

namespace shelf::sim {

class Agents {
 public:
  // Borrows both, which outlive it.
  Agents(const Plan& plan, uint8_t store, Network& network)
      : plan_(plan), store_(store), network_(network) {}

  // A step of what stores tell, or of their agents' troubles.
  void Do(const Step& step, int64_t now_ms);
  // Answers what the daemon asks, some seconds later.
  void Answer(const v1::ResyncRequest& request, int64_t now_ms);
  // Everything is sent again or given up; promises up to now, and the book's full list.
  void ComeToRest(int64_t now_ms);

 private:
  struct Source {
    uint64_t epoch = 1;
    uint64_t sequence = 0;
    int lose = 0;                              // its next documents do not arrive
    std::vector<std::string> sent;             // of this epoch, by sequence - 1
    std::map<std::string, uint64_t> answered;  // requests by what they ask for
  };
  struct Sale {
    std::string sku;
    int64_t milli = 0;
    int64_t time_ms = 0;
  };

  const std::string& name() const { return plan_.names.stores[store_]; }
  const std::string& Sku(const Step& step) const { return plan_.names.skus[step.sku]; }
  int64_t Milli(const Step& step, int64_t units) const {
    return units * plan_.steps_milli[step.sku];
  }

  v1::StockEvent Blank(uint8_t source, int64_t time_ms);
  // A document of the source with that body; the clock of the store is in its times already.
  void Send(uint8_t source, const v1::StockEvent& event, int64_t now_ms, Chance& chance);
  void Again(uint8_t source, uint64_t sequence, int64_t due_ms);
  void Move(uint8_t source, v1::Reason reason, const Step& step, int64_t units, int64_t now_ms,
            Chance& chance);
  void TillMoves(v1::Reason reason, const Step& step, int64_t units, int64_t now_ms,
                 Chance& chance);
  void Count(const Step& step, int64_t now_ms, Chance& chance);
  void Pick(const Step& step, int64_t now_ms, Chance& chance);
  void Reserve(const Step& step, int64_t now_ms, Chance& chance);
  void Settle(const Step& step, int64_t now_ms, Chance& chance);
  void Release(int64_t now_ms, Chance& chance);
  void Expect(const Step& step, int64_t now_ms, Chance& chance);
  int64_t Instant(int64_t through_ms, int64_t now_ms, Chance& chance) const;
  void Claim(uint8_t source, int64_t through_ms, int64_t now_ms, Chance& chance);
  void Export(int64_t through_ms, int64_t now_ms, Chance& chance);
  void List(int64_t through_ms, int64_t wrong, int64_t now_ms, Chance& chance);
  void SendBad(const Step& step, int64_t now_ms, Chance& chance);
  void SpoolIsLost(uint8_t source, bool knows, uint64_t at_least);

  const Plan& plan_;
  const uint8_t store_;
  Network& network_;
  std::array<Source, kSourcesOfStore> sources_;
  int64_t clock_ms_ = 0;                 // ahead
  std::map<std::string, int64_t> book_;  // what the book believes
  std::vector<Sale> unbooked_;           // what the tills sold and the book has not told
  std::vector<std::string> orders_;      // that were ever reserved
  std::vector<int64_t> instants_;        // sales and ends of reservations: promises may hit them
  uint64_t lists_ = 0;
  uint64_t requests_ = 0;
};

}  // namespace shelf::sim
