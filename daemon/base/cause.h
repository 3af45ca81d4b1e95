// What made a decision necessary, as far as it is known when it is taken: kept with the key until
// its record is in the log, for the trace and for the journal.
#pragma once

#include <cstdint>

namespace shelf {

enum class CauseKind : uint8_t {
  kRecord,     // the input record: an event of the store, or an operator's decision
  kTime,       // a tick: time alone
  kReference,  // a reference record that came into force
  kRules,      // another rule set came into force
  kStart,      // the first evaluation after a start
  kForeign,    // somebody else had written the key, or its log was cut
};

struct Cause {
  int64_t offset = 0;  // the input record of the key's partition that was being handled
  CauseKind kind = CauseKind::kRecord;
  int64_t reference_offset = -1;  // kReference: the record's in its topic
  friend bool operator==(const Cause&, const Cause&) = default;
};

}  // namespace shelf
