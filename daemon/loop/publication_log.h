// Publications in the order in which they were acknowledged. Adding one costs an append; which of a
// key's is the newest is found when somebody asks, or when the log has doubled and drops what later
// ones replaced.
// THREAD: the worker's, questions too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "state/publication_rows.h"

namespace shelf {

class PublicationLog {
 public:
  struct Entry {
    uint64_t key = 0;
    Publication publication;
  };

  void Append(uint64_t key, const Publication& publication);
  // All of them, in their order.
  void Append(const PublicationLog& newer);
  // The key's newest; null: it has none. What was appended since the last question is indexed
  // first. Valid until the next call that is not const.
  const Publication* Find(uint64_t key) const;
  // Leaves of each key its newest, in the order in which they came.
  void Compact();
  void Clear();

  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }

 private:
  // Below this many it is not worth the work to drop any.
  static constexpr size_t kCompactFrom = size_t{1} << 16;

  std::vector<Entry> entries_;
  size_t compact_at_ = kCompactFrom;
  // Where the newest of each key lies, among the first indexed_ entries.
  mutable absl::flat_hash_map<uint64_t, size_t> newest_;
  mutable size_t indexed_ = 0;
};

}  // namespace shelf
