// What `shelfctl top` takes from the daemon's answers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace shelf::ctl {

// Of /v1/status. Counters count since the daemon's start.
struct StatusFigures {
  uint64_t incarnation = 0;
  bool caught_up = false;
  int64_t lines = 0, published = 0, rejects = 0;
  int64_t positions = 0, stores = 0;
  int64_t outbox_waiting = 0, outbox_in_flight = 0;
  std::optional<int64_t> worst_lag_ms;  // none: no store's lag is known
  std::string worst_store;
  int64_t behind = 0;   // stores whose lag is above 15 minutes
  int64_t unknown = 0;  // stores that never promised anything
  int64_t frozen = 0;
  std::map<int32_t, int64_t> partition_ms;  // partition time, where there is one
};

// Sums that are too large for an int64 are none.
struct StageFigures {
  std::string stage;
  std::optional<int64_t> withheld_milli;
  int64_t positions = 0;
};
struct ChannelFigures {
  std::string channel;
  std::optional<int64_t> base_milli, sellable_milli;
  std::vector<StageFigures> stages;
  int64_t in_stock = 0;  // limited ones too
  int64_t out_of_stock = 0, ineligible = 0;
};

// Of /v1/funnel.
struct FunnelFigures {
  int64_t time_ms = 0;  // when it was counted to the end
  std::vector<ChannelFigures> channels;
};

// Internal: the answer has another form than this version of the daemon gives.
absl::StatusOr<StatusFigures> ReadStatus(const nlohmann::ordered_json& answer);
absl::StatusOr<FunnelFigures> ReadFunnel(const nlohmann::ordered_json& answer);

}  // namespace shelf::ctl
