#include "replay/log_merge.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace shelf {

absl::StatusOr<LogMerge> LogMerge::Open(const std::string& folder, const RecordingInfo& info,
                                        const std::vector<int32_t>& partitions) {
  LogMerge merge;
  for (const auto& [id, recorded] : info.events) {
    const bool wanted = partitions.empty() ||
                        std::find(partitions.begin(), partitions.end(), id) != partitions.end();
    if (!wanted) continue;
    auto file = RecordFileReader::Open(EventsFile(folder, id));
    if (!file.ok()) return file.status();
    merge.Push({.file = *std::move(file)});
  }
  return merge;
}

void LogMerge::Push(Stream stream) {
  stream.next = stream.file->Next();
  if (stream.next == nullptr) {
    ended_.push_back(std::move(stream));
    return;
  }
  stream.time_ms = std::max(stream.time_ms, stream.next->timestamp_ms);
  heap_.push_back(std::move(stream));
  std::push_heap(heap_.begin(), heap_.end(), Later);
}

const Record* LogMerge::Next() {
  if (given_) {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    Stream stream = std::move(heap_.back());
    heap_.pop_back();
    Push(std::move(stream));
  }
  given_ = !heap_.empty();
  return given_ ? heap_.front().next : nullptr;
}

std::vector<std::string> LogMerge::Damages() const {
  std::vector<std::string> damages;
  for (const Stream& stream : ended_) {
    const std::string& damage = stream.file->damage();
    if (damage.empty()) continue;
    damages.push_back(absl::StrCat(stream.file->path(), ": ", damage,
                                   "; it was read up to its last whole record"));
  }
  std::sort(damages.begin(), damages.end());
  return damages;
}

}  // namespace shelf
