// What is on its way to a store: orders to suppliers and transfers, by document. Shown with the
// positions, never sold.
// THREAD: one owner; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "position/document_table.h"

namespace shelf {

struct ApplyContext;

// How long after it was due a document that nobody closes is still shown: deliveries come weeks
// late, but one a quarter of a year late was cancelled and nobody said so.
inline constexpr int64_t kExpectedKeptMs = 90LL * 24 * 3600 * 1000;
// A due time counts at most so far after the document's event time, so that none stays for ever.
inline constexpr int64_t kExpectedAheadMsMax = 366LL * 24 * 3600 * 1000;
// How long a closed or withdrawn document is remembered, from when that came: an announcement that
// a store sends late must not show goods that have arrived. As long as the ring of movements, by
// default.
inline constexpr int64_t kExpectedMarkerMs = 7LL * 24 * 3600 * 1000;

struct ExpectedDocument {
  std::optional<DocumentPlace> announced;  // the newest ExpectedReceipts; none: it has not come yet
  std::optional<DocumentPlace> closed;     // the receipt that named it
  EventTime due;                           // 0 = not said
  PartitionTime kept_until;                // the record is forgotten then
  std::vector<DocumentLine> lines;         // by position, one each; empty: withdrawn or closed

  DocumentInTable in_table;  // not stored
};

// Announce and Close need HasRoomFor(document).
class ExpectedReceipts : public DocumentTable<ExpectedDocument> {
 public:
  // The newest of a document holds (Replaces); without lines it is withdrawn. After a receipt has
  // closed it, one that was written later (in its source's order, else by event time) opens it
  // again: the rest of a delivery that came in part.
  void Announce(std::string_view document, const DocumentPlace& place, EventTime due,
                std::vector<DocumentLine> lines, const ApplyContext& context);
  // A receipt that names the document.
  void Close(std::string_view document, const DocumentPlace& by, const ApplyContext& context);

  // Forgets what is due by partition time. To be called at a tick when due() has come.
  void Forget(PartitionTime now);
  // When Forget has something to do; kNever = nothing.
  PartitionTime due() const { return due_.empty() ? kNever : PartitionTime{due_.begin()->at_ms}; }

  size_t bytes() const { return record_bytes(); }

  // For restore: a record as it was stored, before any document.
  void Restore(std::string document, ExpectedDocument record);

 private:
  void Keep(Entry& entry, PartitionTime until);

  std::set<DueDocument> due_;  // by partition time
};

}  // namespace shelf
