// Why an input was refused. The names are what stands in the dead-letter record's `reason` header
// and in the metrics, so they never change meaning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shelf {

enum class RejectReason : uint8_t {
  kNone,
  kMalformed,    // the bytes are no StockEvent
  kUnknownBody,  // no body, or one of a newer contract
  kEmptyStore,
  kStoreTooLong,  // over kStoreBytesMax
  kEmptySource,
  kSourceTooLong,       // over kSourceBytesMax
  kNoSequence,          // sequence or epoch is 0
  kWrongKey,            // the record's key is not its event's store
  kWrongPartition,      // not murmur2(store) % partitions
  kFutureTime,          // event time or claim more than 5 minutes ahead
  kOldEpoch,            // an epoch below the one in force
  kTooManyGaps,         // over 64 received ranges: a snapshot is asked for
  kBadEventTime,        // event_time_ms <= 0 where the body needs one
  kEmptySku,            // line
  kSkuTooLong,          // line, over kSkuBytesMax
  kUnknownReason,       // line: reason unspecified or not of this contract
  kNegativeQuantity,    // line: a count, pick, reservation or expectation below 0
  kQuantityOverflow,    // line: magnitude over kQuantityMilliMax, or on-hand would pass it
  kCountBeyondHistory,  // line: a count older than the store's ring of movements
  kSnapshotMismatch,    // SnapshotEnd without its begin
  kUnsupportedBody,     // known to the contract, not to be had from this source
  kBadReference,        // a reference record that cannot be used
  kNoSuchList,          // a decision on a list that the store does not hold
  kListTooOld,          // a decision on one older than the store's ring of movements
  kEmptyDocument,       // a reservation, or expected receipts, without an id
  kDocumentTooLong,     // such an id, over kDocumentBytesMax
  kChannelTooLong,      // a reservation's channel, over kChannelBytesMax
  kTooManyDocuments,    // one more reservation or expected document than a store can have
};

// "malformed", "unknown_body", … : snake_case of the name above, without k.
std::string_view RejectReasonName(RejectReason reason);

// Largest magnitude of one line and of a position's on-hand: 10^15 thousandths, a million million
// units; sums of a ring's lines stay far inside int64.
inline constexpr int64_t kQuantityMilliMax = 1'000'000'000'000'000;

// Longest name of a source, in bytes.
inline constexpr size_t kSourceBytesMax = 64;

// A line refused alone; its neighbours hold.
struct LineReject {
  uint32_t number = 0;  // 1-based place in the document
  RejectReason reason = RejectReason::kNone;
};

}  // namespace shelf
