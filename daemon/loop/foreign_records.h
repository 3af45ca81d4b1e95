// What stands in an output partition where we did not write: whose keys have to be said again, and
// whether it was a successor of ours, whom we must not fight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "io/source.h"
#include "loop/output_offsets.h"
#include "loop/world.h"

namespace shelf {

// The names in a key of availability; nullopt: it is none.
std::optional<KeyNames> NamesIn(std::string_view key);

// The version of an availability record of that key in either format; 0 when it has none that can
// be read, or is of another key: who wrote that is no shelfd, and his version tells nothing.
uint64_t VersionOf(std::string_view value, const KeyNames& key);

// Each key once, however often it stands in the output or in flight at a crash; in order.
void DropRepeated(std::vector<KeyNames>& keys);

struct ForeignRecords {
  OutputSpan span;
  std::vector<KeyNames> keys;    // of all records in the span, each once
  bool all_keys = false;         // a part of the span is not in the log any more, or it names too
                                 // many keys: any key of the partition may be among them
  uint64_t incarnation_max = 0;  // of those who wrote there
};

// Collects the records of one span. Keys are taken whoever wrote them: a record of our own whose
// acknowledgement was lost may be older than the one that was sent in its place.
class ForeignReader {
 public:
  // `keys_max`: above, it is all keys.
  explicit ForeignReader(const OutputSpan& span, size_t keys_max = 200'000) : keys_max_(keys_max) {
    found_.span = span;
  }

  // The partition's log begins at `low` now.
  void LogBegins(int64_t low) { found_.all_keys |= low > found_.span.from; }
  // Records outside the span, and of other partitions, are passed over.
  void Take(const Record& record);
  ForeignRecords Found() &&;

 private:
  const size_t keys_max_;
  ForeignRecords found_;
  absl::flat_hash_set<std::string> seen_;  // keys as they stand
};

// Why a process of incarnation `ours` ends where `successor` wrote. `where`: "topic NAME".
absl::Status Superseded(uint64_t ours, uint64_t successor, std::string_view where);

}  // namespace shelf
