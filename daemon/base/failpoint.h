// Named points at which a test lets the process die as in a crash: by SIGKILL, nothing flushed,
// nothing closed. They exist in builds with the CMake option SHELFD_FAILPOINTS (preset dev) alone,
// in the files that daemon/CMakeLists.txt names for it; elsewhere SHELF_FAILPOINT is nothing.
//
//   SHELFD_FAILPOINT=between-sends:3 shelfd run …   dies at the third pass
//   SHELFD_FAILPOINT=list shelfd run                prints the names, one a line
//
// tests/crash dies at each of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#ifndef SHELFD_FAILPOINTS
#define SHELFD_FAILPOINTS 0
#endif

namespace shelf {

inline constexpr std::array<std::string_view, 17> kFailpoints = {
    "batch-polled",         // a batch of input is at hand, nothing of it applied
    "batch-applied",        // and applied and decided, nothing of it sent
    "between-sends",        // after a number went to the sink, before the next
    "deliveries-taken",     // acknowledgements are known to us alone
    "reference-sent",       // an operator's record went to the sink
    "rules-saved",          // a new rule set is in the checkpoint, no tick has named it
    "checkpoint-due",       // nothing gathered
    "checkpoint-gathered",  // what is dirty is in the batch and not marked any more
    "checkpoint-write",     // the writer has the batch, RocksDB not yet
    "checkpoint-written",   // RocksDB has synced it
    "checkpoint-result",    // the worker has not acted on that
    "state-reopening",      // after a failed write the database is closed, not open again
    "restored-rows",        // the tables of the checkpoint are read, in part
    "restored",             // and all of them, nothing else
    "start-record",         // the incarnation is taken
    "output-tail",          // where the outputs end is known of some partitions
    "going-live",           // what must be said again is queued, stores not swept
};

// Reads what SHELFD_FAILPOINT says (null: nothing). The exit code when the process is to end: 0
// after it printed the list, 2 after it said what is wrong. Before the first thread.
std::optional<int> ArmFailpoint(const char* text);

namespace failpoint {

inline constexpr size_t kNone = kFailpoints.size();
inline size_t armed = kNone;  // constant once threads run

// THREAD: any. Kills the process at the armed number of calls.
void Count();

consteval size_t NumberOf(std::string_view name) {
  size_t n = 0;
  while (n < kFailpoints.size() && kFailpoints[n] != name) ++n;
  return n;
}

}  // namespace failpoint
}  // namespace shelf

#if SHELFD_FAILPOINTS
#define SHELF_FAILPOINT(name)                                                       \
  do {                                                                              \
    constexpr size_t kNumber = ::shelf::failpoint::NumberOf(name);                  \
    static_assert(kNumber != ::shelf::failpoint::kNone, name " stands on no list"); \
    if (::shelf::failpoint::armed == kNumber) ::shelf::failpoint::Count();          \
  } while (false)
#else
#define SHELF_FAILPOINT(name) static_cast<void>(0)
#endif
