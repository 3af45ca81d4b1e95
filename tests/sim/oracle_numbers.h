// From what is in a store to what each channel may sell of it: the stages in their order, each
// under the most specific rule that sets it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/oracle_reference.h"
#include "sim/rule_choice.h"

namespace shelf::sim::oracle {

// Of one channel for one item in one store; null: no rule sets the stage.
struct Chosen {
  const StageRuleChoice* sync_lag = nullptr;
  const StageRuleChoice* presence = nullptr;
  const StageRuleChoice* safety_stock = nullptr;
  const StageRuleChoice* allocation = nullptr;
  const StageRuleChoice* limits = nullptr;
  const StageRuleChoice* steady = nullptr;
  // Why the channel may not sell the item there, stops aside; empty: it may.
  std::string barred;
};

struct Situation {
  int64_t on_hand_milli = 0;
  int64_t held_milli = 0;
  int64_t lag_ms = 0;
  bool missed = false;  // the last that is known is a pick that found nothing
  int64_t step_milli = 1000;
};

struct OfChannel {
  const ChannelChoice* channel = nullptr;
  const Chosen* chosen = nullptr;
  // Of what is held, its own orders, where it has taken those off already; else 0.
  int64_t own_milli = 0;
  bool stopped = false;

  // The result.
  bool may_sell = false;
  int64_t sellable = 0;                 // steps, before `steady`
  std::vector<std::string> steps = {};  // in words, where asked for
};

// By channel of the set, in its order.
std::vector<Chosen> Choose(const RuleChoice& rules, const Reference& reference,
                           const std::string& store, const std::string& sku);

void Decide(const RuleChoice& rules, const Situation& situation, bool in_words,
            std::vector<OfChannel>& channels);

// v1::AvailabilityStatus of so much.
int StatusOf(const ChannelChoice& channel, int64_t sellable_milli);

bool StopHolds(const v1::StopSale& stop, const std::string& channel, const std::string& store,
               const std::string& sku, int64_t now_ms);

}  // namespace shelf::sim::oracle
