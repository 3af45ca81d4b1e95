#include "loop/reference_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/failpoint.h"
#include "loop/tag.h"

namespace shelf {
namespace {

// Sending it once more would be answered the same.
bool IsFinal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status) ||
         absl::IsNotFound(status);
}

}  // namespace

absl::StatusOr<uint32_t> ReferenceWriter::Append(std::string key, std::string value) {
  if (waiting_.size() >= kWaitingMax) {
    return absl::UnavailableError(
        absl::StrCat(kWaitingMax, " records wait for the broker; nothing was written"));
  }
  waiting_.push_back({++appended_, std::move(key), std::move(value)});
  Flush();
  return appended_;
}

void ReferenceWriter::Flush() {
  if (in_flight_ || waiting_.empty()) return;
  const Waiting& next = waiting_.front();
  in_flight_ =
      sink_.TrySend({.topic = Topic::kReference,
                     .partition = 0,
                     .key = next.key,
                     .value = next.value,
                     .headers = {},
                     .tag = Tag{.kind = TagKind::kReference, .value = next.number}.Pack()});
  SHELF_FAILPOINT("reference-sent");
}

void ReferenceWriter::Delivered(const Delivery& delivery) {
  in_flight_ = false;
  if (delivery.status.ok() || IsFinal(delivery.status)) {
    End({.status = delivery.status, .offset = delivery.offset});
  }
}

void ReferenceWriter::End(Fate fate) {
  ended_.push_back({std::move(waiting_.front().key), std::move(fate)});
  waiting_.pop_front();
  if (ended_.size() > kWaitingMax) ended_.pop_front();
}

std::optional<ReferenceWriter::Fate> ReferenceWriter::FateOf(uint32_t number) const {
  const uint32_t ended = appended_ - static_cast<uint32_t>(waiting_.size());
  if (number > ended) return std::nullopt;
  const uint32_t ago = ended - number;
  if (ago >= ended_.size()) return Fate{.status = absl::NotFoundError("long ago"), .offset = -1};
  return ended_[ended_.size() - 1 - ago].fate;
}

bool ReferenceWriter::Waits(std::string_view key) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& waiting) { return waiting.key == key; });
}

std::set<std::string, std::less<>> ReferenceWriter::KeysAfter(int64_t in_force) const {
  std::set<std::string, std::less<>> keys;
  for (const Waiting& waiting : waiting_) keys.insert(waiting.key);
  for (const Ended& ended : ended_) {
    if (ended.fate.status.ok() && ended.fate.offset > in_force) keys.insert(ended.key);
  }
  return keys;
}

}  // namespace shelf
