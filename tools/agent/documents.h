// Rows of movements to documents, and what a file in time order allows to claim.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "agent/stock_rows.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf::agent {

struct Document {
  std::string store;
  int64_t time_ms = 0;  // the latest of its rows
  // The deltas and the event_id ("line 17" where the file names no documents); the rest is the
  // receiver's to set. The reason is the first row's; lines that differ carry their own.
  v1::StockEvent event;
};

// Puts contiguous rows of one store and one document together; without document names each row is
// a document.
class DocumentBuilder {
 public:
  // A larger document comes in parts, so that an event stays far below Kafka's 1 MB a record.
  static constexpr int kLinesMax = 5000;

  // The document is lent for the call. What it returns, if not ok, comes out of Add or Finish.
  using Done = std::function<absl::Status(Document&)>;

  explicit DocumentBuilder(Done done) : done_(std::move(done)) {}

  // `line` is where the row stands in the file.
  absl::Status Add(const StockRow& row, int64_t line);

  // The end of the input.
  absl::Status Finish();

 private:
  bool Continues(const StockRow& row) const;
  absl::Status Hand();

  const Done done_;
  Document document_;
  bool named_ = false;  // the event_id is the file's
};

// Whether each store's documents came in time order, and until when they go.
class TimeOrder {
 public:
  void See(std::string_view store, int64_t time_ms);

  bool InOrder(std::string_view store) const;
  // Of all stores; 0 before the first document.
  int64_t latest_ms() const { return latest_ms_; }

  // In the order of their names.
  std::vector<std::string> Stores() const;

  // What the document of `time_ms` may claim: the millisecond before it, as everything earlier
  // stands before it in the file; 0, no claim, when the store's rows are not in order.
  int64_t ClaimAt(std::string_view store, int64_t time_ms) const {
    return InOrder(store) ? time_ms - 1 : 0;
  }

 private:
  struct Store {
    int64_t last_ms = 0;
    bool in_order = true;
  };

  std::map<std::string, Store, std::less<>> stores_;
  int64_t latest_ms_ = 0;
};

}  // namespace shelf::agent
