#include "io/read_through.h"

#include <vector>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

constexpr int kTurnMs = 100;
constexpr size_t kBatchMax = 10'000;

}  // namespace

absl::Status ReadThrough(Source& source, std::map<int32_t, int64_t> ends, int patience_ms,
                         const std::function<void(const Record&)>& visit,
                         const std::function<bool()>& keep_on) {
  std::vector<Record> records;
  for (int silent_ms = 0; !ends.empty() && silent_ms < patience_ms; silent_ms += kTurnMs) {
    if (!keep_on()) return absl::CancelledError("asked to stop");
    if (absl::Status status = source.Poll(kTurnMs, kBatchMax, records); !status.ok()) return status;
    for (const Record& record : records) {
      silent_ms = 0;
      visit(record);
      const auto end = ends.find(record.partition);
      if (end != ends.end() && record.offset + 1 >= end->second) ends.erase(end);
    }
    std::erase_if(ends, [&](const auto& end) { return source.EndSeen(end.first) >= end.second; });
  }
  if (ends.empty()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("partition ", ends.begin()->first, " could not be read back to its end"));
}

}  // namespace shelf
