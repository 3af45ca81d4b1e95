// One decoded event onto one store. Pure: no I/O, no clock, no locks; time is an argument.
#pragma once

#include <cstdint>
#include <vector>

#include "base/interner.h"
#include "decode/event.h"
#include "position/algebra.h"
#include "position/position_table.h"
#include "position/store_state.h"

namespace shelf {

// Claims and event times further ahead than this of the later of partition time and the record's
// own Kafka timestamp are refused.
inline constexpr int64_t kFutureToleranceMs = 5 * 60 * 1000;

// What Apply needs beside the store; borrowed for the call.
struct ApplyContext {
  PositionTable& positions;
  Names<SkuId>& skus;
  PartitionTime now;           // meaningless before the first tick
  bool time_known = false;     // a tick has been seen: only then is anything refused as future
  int64_t record_time_ms = 0;  // Kafka's timestamp; 0 = none
  // Appended to: positions whose on-hand or evidence changed; one may stand here twice.
  std::vector<PositionId>& touched;
};

struct ApplyResult {
  RejectReason reject = RejectReason::kNone;  // of the whole body; its sequence may be consumed
  bool duplicate = false;                     // seen before: nothing changed
  bool whole_again = false;                   // its state was lost, and its book has told it
  bool opened_gap = false;                    // ask the source to send again what is missing
  bool wants_list = false;                    // ask the source for a full list
  bool watermark_moved = false;
  bool freeze_changed = false;  // StoreState::frozen() is not what it was
  // Accepted, but more is reserved now than there is.
  bool reserved_beyond = false;
};

// Applies `event` (not a Tick) as source `source` of `store`. Lines that cannot hold are appended
// to event.rejected; the others are applied. Every envelope that is neither duplicate nor of an old
// epoch consumes its sequence, also when its body is refused: `decoded` is what Decode said of the
// body, and a refused body only consumes.
ApplyResult Apply(Event& event, RejectReason decoded, StoreState& store, uint8_t source,
                  ApplyContext& context);

// What partition time alone does to a store's reservations and expected receipts, at a tick when
// StoreState::orders_due() has come: positions of which less is held now are touched.
void PassTime(StoreState& store, ApplyContext& context);

// Finds the position of a SKU in a store, or makes it.
PositionId FindOrAddPosition(std::string_view sku, StoreState& store, ApplyContext& context);

}  // namespace shelf
