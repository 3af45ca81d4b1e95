#include "decode/reject.h"

#include "base/check.h"

namespace shelf {

std::string_view RejectReasonName(RejectReason reason) {
  switch (reason) {
    case RejectReason::kNone:
      return "none";
    case RejectReason::kMalformed:
      return "malformed";
    case RejectReason::kUnknownBody:
      return "unknown_body";
    case RejectReason::kEmptyStore:
      return "empty_store";
    case RejectReason::kStoreTooLong:
      return "store_too_long";
    case RejectReason::kEmptySource:
      return "empty_source";
    case RejectReason::kSourceTooLong:
      return "source_too_long";
    case RejectReason::kNoSequence:
      return "no_sequence";
    case RejectReason::kWrongKey:
      return "wrong_key";
    case RejectReason::kWrongPartition:
      return "wrong_partition";
    case RejectReason::kFutureTime:
      return "future_time";
    case RejectReason::kOldEpoch:
      return "old_epoch";
    case RejectReason::kTooManyGaps:
      return "too_many_gaps";
    case RejectReason::kBadEventTime:
      return "bad_event_time";
    case RejectReason::kEmptySku:
      return "empty_sku";
    case RejectReason::kSkuTooLong:
      return "sku_too_long";
    case RejectReason::kUnknownReason:
      return "unknown_reason";
    case RejectReason::kNegativeQuantity:
      return "negative_quantity";
    case RejectReason::kQuantityOverflow:
      return "quantity_overflow";
    case RejectReason::kCountBeyondHistory:
      return "count_beyond_history";
    case RejectReason::kSnapshotMismatch:
      return "snapshot_mismatch";
    case RejectReason::kUnsupportedBody:
      return "unsupported_body";
    case RejectReason::kBadReference:
      return "bad_reference";
    case RejectReason::kNoSuchList:
      return "no_such_list";
    case RejectReason::kListTooOld:
      return "list_too_old";
    case RejectReason::kEmptyDocument:
      return "empty_document";
    case RejectReason::kDocumentTooLong:
      return "document_too_long";
    case RejectReason::kChannelTooLong:
      return "channel_too_long";
    case RejectReason::kTooManyDocuments:
      return "too_many_documents";
  }
  SHELF_CHECK(false, "a reject reason outside its enum");
}

}  // namespace shelf
