#include "replay/reference_source.h"

namespace shelf {

absl::Status ReferenceSource::Poll(int /*wait_ms*/, size_t records_max, std::vector<Record>& out) {
  out.clear();
  size_t count = 0;
  for (; count < records_max; ++count) {
    if (next_ == nullptr && !ended_) {
      next_ = file_->Next();
      ended_ = next_ == nullptr;
    }
    if (next_ == nullptr || next_->offset > through_) break;
    if (count == given_.size()) given_.emplace_back();
    Owned& owned = given_[count];
    owned.record = *next_;
    owned.key.assign(next_->key);
    owned.value.assign(next_->value);
    next_ = nullptr;
  }
  // Only now do they keep their addresses.
  for (size_t i = 0; i < count; ++i) {
    Record& record = out.emplace_back(given_[i].record);
    record.key = given_[i].key;
    record.value = given_[i].value;
  }
  return absl::OkStatus();
}

int64_t ReferenceSource::EndSeen(int32_t /*partition*/) const {
  const bool all_given = ended_ || (next_ != nullptr && next_->offset > through_);
  return all_given ? through_ + 1 : -1;
}

}  // namespace shelf
