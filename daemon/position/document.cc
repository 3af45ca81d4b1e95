#include "position/document.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace shelf {

bool SameOrder(const DocumentPlace& a, const DocumentPlace& b) {
  return a.source == b.source && a.epoch == b.epoch;
}

bool Replaces(const DocumentPlace& later, const DocumentPlace& earlier) {
  if (later.source != earlier.source) return later.time >= earlier.time;
  return std::tie(later.epoch, later.sequence) > std::tie(earlier.epoch, earlier.sequence);
}

PartitionTime After(EventTime time, int64_t span_ms) {
  return time.ms > kNever.ms - span_ms ? kNever : PartitionTime{time.ms + span_ms};
}

size_t DocumentBytes(std::string_view name, size_t queues) {
  // A node of a tree has three links and a colour.
  constexpr size_t kNode = 4 * sizeof(void*);
  return kNode + sizeof(std::string) + name.size() + queues * (kNode + sizeof(DueDocument));
}

void Combine(std::vector<DocumentLine>& lines) {
  std::sort(lines.begin(), lines.end(),
            [](const DocumentLine& a, const DocumentLine& b) { return a.position < b.position; });
  size_t kept = 0;
  for (const DocumentLine& line : lines) {
    if (line.quantity_milli == 0) continue;
    if (kept > 0 && lines[kept - 1].position == line.position) {
      int64_t& sum = lines[kept - 1].quantity_milli;
      sum =
          std::min(sum + std::min(line.quantity_milli, kDocumentSumMilliMax), kDocumentSumMilliMax);
    } else {
      lines[kept++] = line;
    }
  }
  lines.resize(kept);
}

}  // namespace shelf
