#include "loop/publication_log.h"

#include <algorithm>

namespace shelf {

void PublicationLog::Append(uint64_t key, const Publication& publication) {
  if (entries_.size() >= compact_at_) {
    Compact();
    compact_at_ = std::max(kCompactFrom, 2 * entries_.size());
  }
  entries_.push_back({key, publication});
}

void PublicationLog::Append(const PublicationLog& newer) {
  for (const Entry& entry : newer.entries_) Append(entry.key, entry.publication);
}

const Publication* PublicationLog::Find(uint64_t key) const {
  for (; indexed_ < entries_.size(); ++indexed_) newest_[entries_[indexed_].key] = indexed_;
  const auto found = newest_.find(key);
  return found == newest_.end() ? nullptr : &entries_[found->second].publication;
}

void PublicationLog::Compact() {
  for (; indexed_ < entries_.size(); ++indexed_) newest_[entries_[indexed_].key] = indexed_;
  if (newest_.size() < entries_.size()) {
    size_t kept = 0;
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (newest_.find(entries_[i].key)->second == i) entries_[kept++] = entries_[i];
    }
    entries_.resize(kept);
  }
  newest_.clear();
  indexed_ = 0;
}

void PublicationLog::Clear() {
  // What a large sweep needed is not kept for ever.
  if (entries_.capacity() > 16 * kCompactFrom) entries_ = {};
  entries_.clear();
  newest_.clear();
  indexed_ = 0;
  compact_at_ = kCompactFrom;
}

}  // namespace shelf
