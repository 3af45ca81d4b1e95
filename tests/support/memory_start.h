// The start protocol over a log in memory: what daemon/app asks a broker for.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "base/percent.h"
#include "io/memory_log.h"
#include "loop/checkpoint.h"
#include "loop/foreign_records.h"
#include "loop/worker.h"

namespace shelf {

// Of the topics under their usual names, each with `partitions` partitions; availability is one.
// Appends a start record. FailedPrecondition: the incarnation is not above the checkpoint's.
inline absl::Status LearnStartFacts(int32_t partitions, const CheckpointMeta& meta, MemoryLog& log,
                                    StartFacts& facts) {
  facts.incarnation = static_cast<uint64_t>(log.Append("shelfd-starts", 0, "test", "{}").offset);
  if (meta.has_incarnation && facts.incarnation <= meta.incarnation) {
    return absl::FailedPreconditionError("the incarnation is not above the checkpoint's");
  }
  facts.reference_start = log.LowWatermark("reference", 0);
  for (int32_t p = 0; p < partitions; ++p) {
    facts.input_starts[p] = log.LowWatermark("stock-events", p);
    facts.input_ends[p] = log.HighWatermark("stock-events", p);
    const OutputPartition output{Topic::kAvailability, p};
    const int64_t low = log.LowWatermark("availability", p);
    const auto known = meta.outputs.find(output);
    const int64_t next = known != meta.outputs.end() ? known->second : low;
    if (next < low) facts.outputs_cut.push_back(p);
    facts.output_ends[output] = log.HighWatermark("availability", p);
    for (const MemoryRecord& record : log.Records("availability", p)) {
      if (record.offset < next) continue;
      if (auto names = NamesIn(record.key)) facts.written_since.emplace_back(p, *std::move(names));
    }
  }
  return absl::OkStatus();
}

}  // namespace shelf
