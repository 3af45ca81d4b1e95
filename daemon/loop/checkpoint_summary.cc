#include "loop/checkpoint_summary.h"

#include <algorithm>

#include "base/bytes.h"
#include "state/rows.h"

namespace shelf {
namespace {

absl::Status Checked(const ByteReader& reader) {
  return reader.ok() ? absl::OkStatus() : absl::DataLossError("a checkpoint row is too short");
}

}  // namespace

absl::StatusOr<CheckpointSummary> SummarizeCheckpoint(CheckpointStore& store) {
  CheckpointSummary summary;
  absl::Status status = store.Scan(TextKey(RowKind::kMeta, "checkpoint"),
                                   [&](std::string_view /*key*/, std::string_view value) {
                                     ByteReader reader(value);
                                     summary.format = reader.Get<uint32_t>();
                                     summary.partitions_total = reader.Get<int32_t>();
                                     summary.incarnation = reader.Get<uint64_t>();
                                     summary.reference_next = reader.Get<int64_t>();
                                     return Checked(reader);
                                   });
  if (!status.ok()) return status;
  if (summary.format == 0) return absl::NotFoundError("the state is empty");
  status =
      store.Scan(Prefix(RowKind::kPartition), [&](std::string_view key, std::string_view value) {
        ByteReader reader(value);
        summary.input_next[static_cast<int32_t>(FirstNumber(key))] = reader.Get<int64_t>();
        summary.time_ms = std::max(summary.time_ms, reader.Get<int64_t>());
        return Checked(reader);
      });
  if (!status.ok()) return status;
  return summary;
}

}  // namespace shelf
