// What happens in one simulated world, before it happens: made of a seed, plain data, so that it
// can be shrunk by leaving steps out. All chance is in it: a step that needs more has a generator
// of its own, so that leaving out one step changes no other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/rule_choice.h"

namespace shelf::sim {

inline constexpr int64_t kWorldBeginsMs = 1'793'599'200'000;  // 2026-11-02 06:00:00 UTC, a Monday

enum class StepKind : uint8_t {
  // What stores tell.
  kSell,         // amount units by the till
  kBookSale,     // the same by the book alone
  kReturn,       // by the till
  kReceive,      // by the book
  kAdjust,       // by the book, up or down
  kCount,        // of amount units, more ms ago
  kPick,         // of amount units, more found
  kReserve,      // amount units
  kSettle,       // a sale that names one of the reservations
  kRelease,      // gives one of them up
  kExpect,       // a delivery is announced
  kClaim,        // a promise by the source, up to more ms ago
  kExport,       // the book tells what the tills have sold up to more ms ago
  kList,         // the book's full list as of more ms ago; amount: what is wrong with it
  kBadDocument,  // one that is refused, wholly or in part
  // Networks and agents.
  kStoreAway,   // for amount ms
  kSlow,        // documents are up to amount ms on their way, for more ms
  kLose,        // the source's next amount documents do not arrive
  kDouble,      // its last amount documents arrive again, more ms later
  kSpoolLost,   // its sequence starts over, in a new epoch or (amount 0) in the old one
  kStoreClock,  // the store's clock is amount ms ahead
  // The daemon's process.
  kPace,     // a turn of the loop each amount ms
  kKill,     // at the amount-th call of source or sink from now; back more ms later
  kStop,     // in good order; back more ms later
  kStall,    // the process sleeps, its machine's successor begins; wakes amount ms later
  kClock,    // the daemon's clock is amount ms ahead
  kForeign,  // somebody writes a number of amount units into the output
  // Its disk.
  kDiskSlow,  // writes take amount ms
  kDiskFull,  // writes fail for amount ms
  kBackup,    // a copy is made
  kDiskLost,  // with the process; the newest copy is restored, or (amount 0) nothing
  // The broker.
  kBrokerAway,    // for amount ms
  kAnswersLate,   // acknowledgements take amount ms
  kSendsFail,     // the next amount records
  kProducerLost,  // all that is on its way comes back as failed
  kCompact,       // availability, locations and reference
  kRetention,     // forgets of stock-events what no state or copy needs
  // What is known of stores and items, and by which rules.
  kPutStore,  // changed
  kPutItem,   // changed, or for the first time
  kDropItem,
  kListing,
  kStopSale,
  kReload,  // the amount-th set
  kLook,    // everything is compared
};

inline constexpr int kSourcesOfStore = 5;
extern const char* const kSourceNames[kSourcesOfStore];  // erp, pos, scan, picking, oms
enum SourceIndex : uint8_t { kErp, kPos, kScan, kPicking, kOms };

struct Step {
  int64_t at_ms = 0;  // since the world began
  StepKind kind = StepKind::kLook;
  uint8_t store = 0, source = 0, sku = 0;
  int64_t amount = 0, more = 0;
  uint64_t salt = 0;  // what else of chance it needs
};

// "12.300 s sell store 1 pos sku 2 amount 3 more 0".
std::string ToLine(const Step& step);

// How much of the daemon's bounds there is.
struct Bounds {
  int64_t batch_records = 5000;
  int64_t outbox_keys = 200'000;
  int64_t in_flight = 10'000;
  int64_t rejects = 1000;
  int64_t queue_records = 100'000;
  int64_t checkpoint_interval_ms = 1000;
  int64_t ring_age_ms = 7LL * 24 * 3600 * 1000;
};

struct Plan {
  uint64_t seed = 0;
  int32_t partitions = 1;
  Names names;
  std::vector<int64_t> steps_milli;  // by SKU: what it is sold in
  std::vector<bool> till_required;   // by store
  std::vector<RuleChoice> rules;     // the first one holds at the beginning
  Bounds bounds;
  bool forgets = false;  // its log has a retention, so that a lost disk needs a copy
  std::vector<Step> steps;
};

Plan MakePlan(uint64_t seed);

}  // namespace shelf::sim
