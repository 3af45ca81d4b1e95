// One `shelf-agent send`: a file to records in the log, and the account of it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agent/rows.h"
#include "agent/sender.h"
#include "agent/state_folder.h"
#include "agent/stock_rows.h"
#include "io/sink.h"

namespace shelf::agent {

enum class Kind { kStores, kItems, kListings, kList, kMovements, kHeartbeats };

std::optional<Kind> ParseKind(std::string_view name);
std::string_view KindName(Kind kind);
bool IsReference(Kind kind);

struct SendOptions {
  Kind kind = Kind::kMovements;
  FileOptions file;
  std::string topic;  // only told apart here; the sink knows where kTopic goes

  // Lists and movements only, but for `source` and `complete_through`.
  std::string source = "erp";
  // Rows of other stores are passed over, as if the file did not have them. Both empty: of none.
  std::set<std::string, std::less<>> only_stores;
  std::set<std::string, std::less<>> skip_stores;
  StockRowOptions rows;
  std::string time;              // of a list; "now" or as TimeParser reads it
  std::string complete_through;  // the same; empty: from the list's time or the rows; heartbeats
                                 // must have it
  bool claims = true;
  bool all_stores = false;
  bool again = false;
  bool new_epoch = false;
};

// What became of the rows.
struct Report {
  int64_t rows = 0;
  int64_t lines = 0;      // in events; of reference data, records
  int64_t documents = 0;  // of movements
  int64_t events = 0;
  int64_t zero_quantity = 0;  // movements skipped
  int64_t thousandths = 0;    // lines whose quantity the file gave in thousandths
  int64_t repeated = 0;       // reference rows equal to one before
  int64_t rejected = 0;
  int64_t left_out = 0;  // rows sent without a part that was not valid
  int64_t stores = 0;
  int64_t stores_out_of_order = 0;
  int64_t elapsed_ms = 0;
};

void Print(const Report& report, std::ostream& out);

// Every record of a run goes to this topic; the app maps it to the name.
inline constexpr Topic kTopic = Topic::kStockEvents;

// Returns when everything is acknowledged and the book in `folder` says so. InvalidArgument: the
// options or the file, nothing was sent. FailedPrecondition: the book refuses, nothing was sent.
// All else: the broker, the disk or a file damaged in the middle; the same options go on from
// there.
absl::StatusOr<Report> Send(const SendOptions& options, const StateFolder& folder, Sink& sink,
                            const SenderLimits& limits, const Sender::Clock& now_ms);

}  // namespace shelf::agent
