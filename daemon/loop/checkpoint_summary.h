// What a checkpoint says of itself, read without restoring it.
#pragma once

#include <cstdint>
#include <map>

#include "absl/status/statusor.h"
#include "state/checkpoint_store.h"

namespace shelf {

struct CheckpointSummary {
  uint32_t format = 0;
  int32_t partitions_total = 0;
  uint64_t incarnation = 0;
  int64_t reference_next = 0;
  std::map<int32_t, int64_t> input_next;  // by input partition
  int64_t time_ms = 0;                    // the latest partition time; 0 = no tick yet
};

// Of any format: what is read here stands first in its rows, in all of them. NotFound: nothing was
// ever written. DataLoss: a row is too short.
absl::StatusOr<CheckpointSummary> SummarizeCheckpoint(CheckpointStore& store);

}  // namespace shelf
